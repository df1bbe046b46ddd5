import { beforeEach, describe, expect, it } from 'vitest';
import { followOperations, type OperationFollower } from './follow-operations.ts';

let progress: number[];
let ended: { words: string; tookMs: number }[];
let now: number;
let operations: OperationFollower;

beforeEach(() => {
  progress = [];
  ended = [];
  now = 0;
  operations = followOperations(
    { onProgress: (value) => void progress.push(value), onEnd: (operation) => void ended.push(operation) },
    () => now,
  );
});

function item(id: number, doneBytes: number, totalBytes: number, doneItems = 0, totalItems = 0): void {
  const line = JSON.stringify({ item: { step: 'files', doneBytes, totalBytes, doneItems, totalItems } });
  operations.sawLine({ id, line, isLast: false });
}

function end(id: number, result: object): void {
  operations.sawLine({ id, line: JSON.stringify(result), isLast: true });
}

describe('followOperations', () => {
  it('follows a removal from an unknown length to its end', () => {
    operations.sawStart(1, 'images.remove');
    item(1, 0, 400);
    item(1, 100, 400);
    now = 7000;
    end(1, { ok: true, value: { count: 1200, bytesFreed: 400, isCancelled: false } });
    expect(progress).toEqual([2, 0, 0.25, -1]);
    expect(ended).toEqual([{ words: '1,200 items removed, 400 B freed.', tookMs: 7000 }]);
  });

  it('counts items while there are no bytes, and says when nothing is known', () => {
    operations.sawStart(1, 'cache.gc');
    item(1, 0, 0, 1, 4);
    item(1, 0, 0);
    expect(progress).toEqual([2, 0.25, 2]);
  });

  it('shows the one furthest behind of two', () => {
    operations.sawStart(1, 'cache.gc');
    operations.sawStart(2, 'cache.prune');
    item(1, 9, 10);
    item(2, 1, 10);
    end(2, { ok: true, value: { count: 1, bytesFreed: 0, isCancelled: true } });
    expect(progress).toEqual([2, 2, 0.9, 0.1, 0.9]);
    expect(ended[0]?.words).toBe('Stopped. 1 item removed, 0 B freed.');
  });

  it('says where to look when one fails', () => {
    operations.sawStart(1, 'cache.gcLayers');
    end(1, { ok: false, error: { code: 'database-busy' } });
    expect(ended[0]?.words).toBe('The removal did not finish: Strata says why.');
  });

  it('says that what went is set aside, not freed, when it can be undone', () => {
    operations.sawStart(1, 'images.remove');
    end(1, { ok: true, value: { count: 7, bytesFreed: 0, bytesSetAside: 4096, isCancelled: false } });
    operations.sawStart(2, 'cache.gc');
    end(2, { ok: true, value: { count: 7, bytesFreed: 500, bytesSetAside: 4096, isCancelled: false } });
    expect(ended.map(({ words }) => words)).toEqual([
      '7 items removed, 4.10 kB set aside, not yet freed.',
      '7 items removed, 500 B freed, 4.10 kB set aside, not yet freed.',
    ]);
  });

  it.each([
    [[], 'Nothing wrong was found in 2 images.'],
    [['damaged'], 'Something is wrong with 1 of 3 images: Strata says what.'],
    [['warning', 'damaged'], 'Something is wrong with 2 of 4 images: Strata says what.'],
  ])('follows a check step by step to what it found: %j', (unwell, words) => {
    operations.sawStart(1, 'health.quick');
    const line = JSON.stringify({ item: { doneSteps: 1, totalSteps: 4, what: 'alpine' } });
    operations.sawLine({ id: 1, line, isLast: false });
    const images = ['healthy', 'healthy', ...unwell].map((status) => ({ status }));
    end(1, { ok: true, value: { images, unproven: [], tookMs: 1 } });
    expect(progress).toEqual([2, 0.25, -1]);
    expect(ended[0]?.words).toBe(words);
  });

  it('follows an undo and an emptying, whose length is not known', () => {
    operations.sawStart(1, 'undo.restore');
    end(1, { ok: true, value: { references: ['alpine'], files: 6 } });
    operations.sawStart(2, 'undo.empty');
    end(2, {
      ok: true,
      value: { bytesFreed: 4096, leftAlone: ['Removal 0a1b2c3d stays set aside (in-use).'] },
    });
    expect(progress).toEqual([2, -1, 2, -1]);
    expect(ended.map(({ words }) => words)).toEqual([
      'The removal was undone: 1 image and 6 files are back.',
      'What was set aside is gone, 4.10 kB freed. Removal 0a1b2c3d stays set aside (in-use).',
    ]);
  });

  it.each([
    ['health.deep', 'The check did not finish: Strata says why.'],
    ['undo.restore', 'The removal was not undone: Strata says why.'],
    ['undo.empty', 'The space was not freed: Strata says why.'],
  ])('says what did not come about when %s fails', (call, words) => {
    operations.sawStart(1, call);
    end(1, { ok: false, error: { code: 'database-busy' } });
    expect(ended[0]?.words).toBe(words);
  });

  it('counts removals alone: a check may be left at any time', () => {
    operations.sawStart(1, 'health.quick');
    expect(operations.removals).toBe(0);
    operations.sawStart(2, 'cache.gc');
    expect(operations.removals).toBe(1);
  });

  it('does not look at other calls, whose lines may be long', () => {
    operations.sawStart(1, 'images.list');
    operations.sawLine({ id: 1, line: 'not even JSON', isLast: true });
    expect({ progress, ended }).toEqual({ progress: [], ended: [] });
  });

  it('has none under way once the page is gone', () => {
    operations.sawStart(1, 'cache.gc');
    operations.forget();
    item(1, 1, 2);
    expect(progress).toEqual([2, -1]);
  });
});
