import { describe, expect, it } from 'vitest';
import type { KeptItem, Plan, PlanItem, PlanItemKind } from '../../src-shared/domain/plan.ts';
import { countReferences, foldPlan, sortRows } from './plan-rows.ts';

function item(kind: PlanItemKind, name: string, allocatedBytes: number, partOf: string | null): PlanItem {
  return { kind, name, reason: `why ${name}`, allocatedBytes, partOf, hasRow: true, hasFile: false };
}

const items = [
  item('reference', 'python:3', 0, 'python:3'),
  item('manifest', 'sha256:m1', 0, 'python:3'),
  item('layer', 'sha256:l1', 40, 'python:3'),
  item('layer', 'sha256:l2', 60, 'python:3'),
  item('manifest', 'sha256:m2', 0, 'sha256:m2'),
  item('fsmeta', 'fsmeta/m2', 5, 'sha256:m2'),
  item('layer', 'sha256:orphan', 500, null),
  item('vmdk', 'vmdk/stray', 1, 'sha256:kept'),
];
const plan: Plan = {
  planId: 'p',
  action: { kind: 'gc' },
  items,
  kept: [],
  bytes: 606,
  isBusy: false,
};
const kept: readonly KeptItem[] = [
  { kind: 'reference', name: 'node', reason: 'held', allocatedBytes: 0 },
  { kind: 'file', name: 'a', reason: 'unknown', allocatedBytes: 9 },
];

function draw(rows: ReturnType<typeof sortRows>): string[] {
  return rows.map((row) =>
    row.kind === 'kept' ? `stays ${row.item.name}` : `${row.item.name} ${row.bytes} +${row.parts.length}`,
  );
}

describe('foldPlan', () => {
  it('folds what goes along into the reference or the dangling manifest that takes it', () => {
    expect(draw(sortRows(foldPlan(plan), [], 'bytes'))).toEqual([
      'sha256:orphan 500 +0',
      'python:3 100 +3',
      'sha256:m2 5 +1',
      'vmdk/stray 1 +0',
    ]);
  });

  it('adds up to the bytes of the plan', () => {
    expect(foldPlan(plan).reduce((sum, row) => sum + row.bytes, 0)).toBe(plan.bytes);
  });

  it('lists the largest part first', () => {
    expect(foldPlan(plan)[0]?.parts.map((part) => part.allocatedBytes)).toEqual([60, 40, 0]);
  });
});

describe('sortRows', () => {
  it('puts what stays last, whatever the order', () => {
    for (const sort of ['bytes', 'name', 'reason'] as const) {
      expect(
        draw(sortRows(foldPlan(plan), kept, sort))
          .slice(-2)
          .every((line) => line.startsWith('stays')),
      ).toBe(true);
    }
  });

  it('sorts by name', () => {
    expect(draw(sortRows(foldPlan(plan), kept, 'name'))).toEqual([
      'python:3 100 +3',
      'sha256:m2 5 +1',
      'sha256:orphan 500 +0',
      'vmdk/stray 1 +0',
      'stays a',
      'stays node',
    ]);
  });
});

it('counts the names that go', () => {
  expect(countReferences(plan)).toBe(1);
});
