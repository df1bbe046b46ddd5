import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { writeSparse } from '../../../test-support/sparse.ts';
import { measureTree, walkTree } from './tree-size.ts';

const isLinux = process.platform === 'linux';

function du(path: string): number {
  return Number(execFileSync('du', ['-s', '--block-size=1', path], { encoding: 'utf8' }).split('\t')[0]);
}

function tree(): string {
  const path = join(scratchDir('tree'), 'tree');
  mkdirSync(join(path, 'a', 'b'), { recursive: true });
  writeFileSync(join(path, 'a', 'one'), 'x'.repeat(5000));
  writeFileSync(join(path, 'a', 'b', 'two'), 'x');
  return path;
}

describe('measureTree', () => {
  it.skipIf(!isLinux)('counts what du counts: directories, holes, links without following them', () => {
    const path = tree();
    writeSparse(join(path, 'disk'), { lengthBytes: 4 * 2 ** 30, contentBytes: 100_000 });
    symlinkSync('/', join(path, 'root'));
    symlinkSync(path, join(path, 'loop'));
    linkSync(join(path, 'a', 'one'), join(path, 'a', 'again'));
    expect(measureTree(path).allocatedBytes).toBe(du(path));
    expect(measureTree(path)).toMatchObject({
      files: 6,
      logicalBytes: 4 * 2 ** 30 + 5000 + 1 + '/'.length + path.length,
      freedBytes: du(path),
    });
  });

  it('does not promise bytes that another name outside keeps', () => {
    const path = tree();
    linkSync(join(path, 'a', 'one'), join(scratchDir('outside'), 'link'));
    const { allocatedBytes, freedBytes, files } = measureTree(path);
    expect(allocatedBytes - freedBytes).toBe(8192);
    expect(files).toBe(2);
  });

  it('measures a single file', () => {
    expect(measureTree(join(tree(), 'a', 'one'))).toEqual({
      allocatedBytes: 8192,
      freedBytes: 8192,
      logicalBytes: 5000,
      files: 1,
    });
  });

  it('finds nothing where there is nothing', () => {
    expect(measureTree('/nonexistent/\0')).toEqual({
      allocatedBytes: 0,
      freedBytes: 0,
      logicalBytes: 0,
      files: 0,
    });
  });
});

describe('walkTree', () => {
  it('gives up beyond a number of entries, and says where', () => {
    const path = tree();
    const walk = walkTree(path, 3);
    expect(walk?.unreadable).toEqual(['a/b']);
    expect(walk?.files).toBe(1);
  });

  it('survives folders nested deeper than a path may be long', () => {
    const path = tree();
    const nest = `
      for (let depth = 0; depth < 1200; depth++) {
        require('node:fs').mkdirSync('deep');
        process.chdir('deep');
      }`;
    execFileSync(process.execPath, ['-e', nest], { cwd: path });
    const walk = walkTree(path);
    expect(walk?.visited).toBeGreaterThan(500);
    expect(walk?.unreadable).toHaveLength(1);
    expect(walk?.files).toBe(2);
    execFileSync('rm', ['-rf', path]);
  });
});
