import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { RecentHomes } from './recent-homes.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = join(scratchDir('recent'), 'data');
});

describe('recent homes', () => {
  it('are kept latest first, each once, ten at most, for every window', () => {
    const homes = new RecentHomes(dataDir);
    for (let n = 0; n < 12; n += 1) homes.add(`/home/${n}`);
    homes.add('/home/5');
    const expected = ['/home/5', '/home/11', '/home/10', '/home/9', '/home/8'];
    expect(homes.list().slice(0, 5)).toEqual(expected);
    expect(homes.list()).toHaveLength(10);
    const another = new RecentHomes(dataDir);
    expect(another.list()).toEqual(homes.list());
    another.add('/elsewhere');
    expect(homes.list()[0]).toBe('/elsewhere');
    expect(homes.clear()).toEqual([]);
    expect(another.list()).toEqual([]);
  });

  it.each([
    'nonsense',
    '[]',
    '{"version":2,"homes":["/a"]}',
    '{"version":1,"homes":["relative"]}',
    '{"version":1,"homes":[7]}',
  ])('are none where the file says %s', (text) => {
    const homes = new RecentHomes(dataDir);
    homes.add('/a');
    writeFileSync(join(dataDir, 'recent-homes.json'), text);
    expect(homes.list()).toEqual([]);
  });

  it('are forgotten where the file cannot be written, and nothing else happens', () => {
    writeFileSync(dataDir, 'a file where the folder belongs');
    const homes = new RecentHomes(dataDir);
    expect(homes.add('/a')).toEqual(['/a']);
    expect(homes.list()).toEqual([]);
    expect(readFileSync(dataDir, 'utf8')).toContain('a file');
  });
});
