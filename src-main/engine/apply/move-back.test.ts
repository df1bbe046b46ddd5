import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { moveBack } from './move-back.ts';

function makePlaces() {
  const folder = scratchDir('move-back');
  return { from: join(folder, 'aside'), to: join(folder, 'place') };
}

describe('moveBack', () => {
  it('gives a file its name back, and takes away the other', () => {
    const { from, to } = makePlaces();
    writeFileSync(from, 'x');
    const { ino } = statSync(from, { bigint: true });
    expect(moveBack(from, to)).toBe(true);
    expect(statSync(to, { bigint: true })).toMatchObject({ ino, nlink: 1n });
    expect(existsSync(from)).toBe(false);
  });

  it.each([
    ['a newer file', (to: string) => writeFileSync(to, 'newer')],
    ['a link to nowhere', (to: string) => symlinkSync('/nowhere', to)],
    ['a folder', (to: string) => mkdirSync(to)],
  ])('leaves %s in its place alone', (_, make) => {
    const { from, to } = makePlaces();
    writeFileSync(from, 'older');
    make(to);
    expect(moveBack(from, to)).toBe(false);
    expect(readFileSync(from, 'utf8')).toBe('older');
  });

  it('moves a folder, which can have one name only, and not into another', () => {
    const { from, to } = makePlaces();
    mkdirSync(join(from, 'inner'), { recursive: true });
    expect(moveBack(from, to)).toBe(true);
    expect(existsSync(join(to, 'inner'))).toBe(true);
    mkdirSync(from);
    expect(moveBack(from, to)).toBe(false);
    expect(existsSync(from)).toBe(true);
  });

  it('says when there is nothing to move', () => {
    const { from, to } = makePlaces();
    expect(() => moveBack(from, to)).toThrow('ENOENT');
  });
});
