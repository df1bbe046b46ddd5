import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchDir } from '../../test-support/scratch.ts';
import { openRecentHomes } from './recent-homes.ts';

let dir: string;
let file: string;
const said: string[] = [];
const log = (text: string): void => void said.push(text);
beforeEach(() => {
  dir = scratchDir('recent');
  file = join(dir, 'data', 'recent-homes.json');
  said.length = 0;
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('recent homes', () => {
  it('are kept latest first, each once, ten at most, from one start to the next', () => {
    const homes = openRecentHomes(file, log);
    for (let n = 0; n < 12; n += 1) homes.add(`/home/${n}`);
    homes.add('/home/5');
    const expected = ['/home/5', '/home/11', '/home/10', '/home/9', '/home/8'];
    expect(homes.list.slice(0, 5)).toEqual(expected);
    expect(homes.list).toHaveLength(10);
    expect(openRecentHomes(file, log).list).toEqual(homes.list);
    homes.clear();
    expect(openRecentHomes(file, log).list).toEqual([]);
  });

  it.each([
    'nonsense',
    '[]',
    '{"version":2,"homes":["/a"]}',
    '{"version":1,"homes":["relative"]}',
    '{"version":1,"homes":[7]}',
  ])('are none where the file says %s', (text) => {
    openRecentHomes(file, log).add('/a');
    writeFileSync(file, text);
    expect(openRecentHomes(file, log).list).toEqual([]);
  });

  it('are remembered for this run where the file cannot be written', () => {
    writeFileSync(join(dir, 'data'), 'a file where the folder belongs');
    const homes = openRecentHomes(file, log);
    homes.add('/a');
    expect(homes.list).toEqual(['/a']);
    expect(said).toHaveLength(1);
    expect(readFileSync(join(dir, 'data'), 'utf8')).toContain('a file');
  });
});
