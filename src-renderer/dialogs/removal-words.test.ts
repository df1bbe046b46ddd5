import { describe, expect, it } from 'vitest';
import type { Holder } from '../../src-shared/domain/holder.ts';
import type { Plan, PlanItemKind, Report } from '../../src-shared/domain/plan.ts';
import {
  canForce,
  explainDifference,
  explainFreeSpace,
  listWaysOut,
  takesNamesOnly,
} from './removal-words.ts';

const running: Holder = {
  kind: 'sandbox',
  name: 'agent-7',
  status: 'Running',
  isRunning: true,
  isReadable: true,
};
const stopped: Holder = { ...running, name: 'my box', status: 'Stopped', isRunning: false };
const snapshot: Holder = {
  kind: 'snapshot',
  name: null,
  group: null,
  path: '/home/me/snap',
  isIndexed: true,
  isReadable: true,
};
const unknown: Holder = { kind: 'unknown-table', table: 'image_pin' };

function planOf(...kinds: readonly PlanItemKind[]): Plan {
  const items = kinds.map((kind) => ({
    kind,
    name: kind,
    reason: '',
    allocatedBytes: 1,
    partOf: null,
    hasRow: true,
    hasFile: false,
  }));
  return { planId: '', action: { kind: 'gc' }, items, kept: [], bytes: items.length, isBusy: false };
}

const report: Report = {
  action: { kind: 'gc' },
  count: 1,
  bytesFreed: 1000,
  bytesPlanned: 1000,
  removed: [],
  leftAlone: [],
  freeSpaceBeforeBytes: null,
  freeSpaceAfterBytes: null,
  isCancelled: false,
  notes: [],
};

describe('listWaysOut', () => {
  it('offers to stop and remove a running sandbox, and to remove a stopped one', () => {
    expect(listWaysOut([running, stopped]).map((way) => way.commands)).toEqual([
      ['msb stop agent-7', 'msb rm agent-7'],
      [`msb rm 'my box'`],
    ]);
  });

  it('names an unnamed snapshot by its path', () => {
    expect(listWaysOut([snapshot])[0]?.commands).toEqual(['msb snapshot rm /home/me/snap']);
  });

  it('has no command against rows it does not know', () => {
    expect(listWaysOut([unknown])[0]?.commands).toEqual([]);
  });
});

describe('canForce', () => {
  it('forces against sandboxes and snapshots, never against rows it does not know', () => {
    expect([canForce([running, snapshot]), canForce([running, unknown])]).toEqual([true, false]);
  });
});

describe('takesNamesOnly', () => {
  it('is true while the image behind the name stays', () => {
    expect([
      takesNamesOnly(planOf('reference', 'metadata')),
      takesNamesOnly(planOf('reference', 'manifest')),
      takesNamesOnly(planOf()),
    ]).toEqual([true, false, false]);
  });
});

describe('explainDifference', () => {
  it('says nothing when exactly the announced bytes came free', () => {
    expect(explainDifference(report)).toBeNull();
  });

  it('counts what is set aside to be undone as announced', () => {
    const { bytesFreed } = report;
    expect(explainDifference({ ...report, bytesFreed: 0, bytesSetAside: bytesFreed })).toBeNull();
  });

  it('blames the stop, what had come into use, or a change, in this order', () => {
    const kept = { kind: 'layer', name: 'x', reason: 'y', allocatedBytes: 400 } as const;
    const less = { ...report, bytesFreed: 600 };
    expect(explainDifference({ ...less, isCancelled: true, leftAlone: [kept] })).toContain('stopped');
    expect(explainDifference({ ...less, leftAlone: [kept] })).toContain(
      '400 B less than announced: some of what is listed',
    );
    expect(explainDifference(less)).toContain('changed size');
  });
});

describe('explainFreeSpace', () => {
  const large = { ...report, bytesFreed: 1_000_000_000, freeSpaceBeforeBytes: 5_000_000_000 };

  it('says nothing when the file system agrees, or does not say', () => {
    expect(explainFreeSpace(report)).toBeNull();
    expect(explainFreeSpace({ ...large, freeSpaceAfterBytes: 6_000_000_000 })).toBeNull();
    expect(explainFreeSpace({ ...large, freeSpaceAfterBytes: 7_000_000_000 })).toBeNull();
  });

  it('says nothing of a gap that other programs make all the time', () => {
    expect(explainFreeSpace({ ...large, freeSpaceAfterBytes: 5_990_000_000 })).toBeNull();
    expect(
      explainFreeSpace({ ...report, freeSpaceBeforeBytes: 9_000_000, freeSpaceAfterBytes: 8_000_000 }),
    ).toBeNull();
  });

  it('explains space that did not come free', () => {
    expect(explainFreeSpace({ ...large, freeSpaceAfterBytes: 5_600_000_000 })).toContain(
      'gained 400.0 MB less than that: a running sandbox',
    );
  });

  it('blames other programs when there is less than before', () => {
    expect(explainFreeSpace({ ...large, freeSpaceAfterBytes: 4_000_000_000 })).toContain(
      'other programs wrote',
    );
  });
});
