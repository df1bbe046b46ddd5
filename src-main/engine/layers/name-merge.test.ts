import { expect, it } from 'vitest';
import { DirentTable, Pacer } from '../erofs/index.ts';
import { NameMerge } from './name-merge.ts';
import { NO_NODE } from './overlay.ts';

function list(...names: string[]) {
  const table = new DirentTable();
  for (const name of names) {
    const start = table.appendNames(Buffer.from(name), 0, name.length);
    table.append(0, 1, start, name.length);
  }
  return { table, first: 0, end: table.count };
}

it('goes through the names of all lists in order, and tells which lists have each', () => {
  const merge = new NameMerge([list('a', 'c', 'cc'), null, list('B', 'c'), list()]);
  const found: (readonly number[])[] = [];
  while (merge.next()) found.push([0, 1, 2, 3].map((index) => merge.entryOf(index)));
  const none = NO_NODE;
  expect(found).toEqual([
    [none, none, 0, none],
    [0, none, none, none],
    [1, none, 1, none],
    [2, none, none, none],
  ]);
});

it('counts the names that are left, each once', async () => {
  const even = Array.from({ length: 3000 }, (_, n) => String(2 * n).padStart(5, '0'));
  const third = Array.from({ length: 3000 }, (_, n) => String(3 * n).padStart(5, '0'));
  const merge = new NameMerge([list(...even), list(...third)]);
  merge.next();
  expect(await merge.countRest(new Pacer())).toBe(new Set([...even, ...third]).size - 1);
});
