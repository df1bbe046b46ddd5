import { expect, it } from 'vitest';
import type { PlanItemKind } from '../../src-shared/domain/plan.ts';
import { groupLines } from './plan-groups.ts';

function line(kind: PlanItemKind, name: string, allocatedBytes = 0) {
  return { kind, name, allocatedBytes };
}

it('groups names first, then what takes room, largest line first', () => {
  const groups = groupLines([
    line('vmdk', 'v', 10),
    line('layer', 'small', 1),
    line('layer', 'large', 5),
    line('fsmeta', 'f', 20),
    line('reference', 'python'),
  ]);
  expect(groups.map((group) => [group.title, group.bytes, group.lines.map(({ name }) => name)])).toEqual([
    ['Names', 0, ['python']],
    ['Layers', 6, ['large', 'small']],
    ['Boot files', 30, ['f', 'v']],
  ]);
});

it('has no groups for an empty plan', () => {
  expect(groupLines([])).toEqual([]);
});
