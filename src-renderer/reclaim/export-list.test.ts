import { expect, it } from 'vitest';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { exportCsv, exportJson } from './export-list.ts';

const plan: Plan = {
  planId: 'feedfacefeedfacefeedfacefeedface',
  action: { kind: 'gc' },
  items: [
    {
      kind: 'reference',
      name: '=HYPERLINK("x")',
      reason: 'unused, for "3" weeks',
      allocatedBytes: 12,
      partOf: null,
      hasRow: true,
      hasFile: false,
    },
  ],
  kept: [{ kind: 'layer', name: 'sha256:a', reason: 'held by agent-7 (running)', allocatedBytes: 34 }],
  bytes: 12,
  isBusy: false,
};

it('writes what goes and what stays as a table, formulas defused', () => {
  expect(exportCsv(plan).split('\r\n')).toEqual([
    'verdict,kind,name,reason,allocatedBytes,partOf',
    `goes,reference,"'=HYPERLINK(""x"")","unused, for ""3"" weeks",12,`,
    'stays,layer,sha256:a,held by agent-7 (running),34,',
    '',
  ]);
});

it('writes JSON with every line and nothing that could apply the plan', () => {
  const text = exportJson(plan, 'Collect all garbage', '2026-11-23T10:00:00Z');
  expect(JSON.parse(text)).toMatchObject({
    title: 'Collect all garbage',
    bytes: 12,
    goes: [{ name: '=HYPERLINK("x")', allocatedBytes: 12 }],
    stays: [{ name: 'sha256:a' }],
  });
  expect(text).not.toContain(plan.planId);
  expect(text).not.toContain('action');
});
