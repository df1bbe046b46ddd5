import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { createUnlinker, type Unlinker } from './unlinker.ts';

const open: Unlinker[] = [];

afterEach(() => {
  for (const unlinker of open.splice(0)) unlinker.close();
});

function unlinkerFor(files: number): Unlinker {
  const unlinker = createUnlinker(files);
  open.push(unlinker);
  return unlinker;
}

function makeFiles(count: number): readonly string[] {
  const folder = scratchDir('unlink');
  const files = Array.from({ length: count }, (_, number) => join(folder, `${number}`));
  for (const file of files) writeFileSync(file, 'x');
  return files;
}

describe.each([
  ['the thread pool', 10],
  ['a thread of its own', 100_000],
])('unlinking by %s', (_, expected) => {
  it('deletes every file of every list', async () => {
    const unlinker = unlinkerFor(expected);
    const files = makeFiles(300);
    const problems = await Promise.all([
      unlinker.unlink(files.slice(0, 100)),
      unlinker.unlink(files.slice(100)),
      unlinker.unlink([]),
    ]);
    expect(problems.map((each) => each.size)).toEqual([0, 0, 0]);
    expect(files.filter((file) => existsSync(file))).toEqual([]);
  });

  it('tells which file could not be deleted and why, and deletes the others', async () => {
    const [first, second, third] = makeFiles(3) as [string, string, string];
    const folder = join(scratchDir('unlink'), 'folder');
    mkdirSync(folder);
    const problems = await unlinkerFor(expected).unlink([first, folder, second, `${third}/missing`, third]);
    expect([...problems]).toEqual([
      // Linux says the first, POSIX and macOS the second.
      [1, expect.stringMatching(/^(EISDIR|EPERM)$/)],
      [3, 'ENOTDIR'],
    ]);
    expect([first, second, third].filter((file) => existsSync(file))).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });
});

describe('a thread that unlinks', () => {
  it('leaves what it was given to the thread pool when it is ended', async () => {
    const unlinker = unlinkerFor(100_000);
    const files = makeFiles(2000);
    const outcome = unlinker.unlink(files);
    unlinker.close();
    expect((await outcome).size).toBe(0);
    expect(readdirSync(join(files[0]!, '..'))).toEqual([]);
  });
});
