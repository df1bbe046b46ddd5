import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { explainDifference, whoHasOpen } from './explain-difference.ts';

const GB = 1e9;

describe('explainDifference', () => {
  const base = { cacheDir: scratchDir('explain'), folder: null, bytesFreed: GB };

  it('has nothing to say when the file system gained what went', () => {
    expect(explainDifference({ ...base, freeBefore: 5 * GB, freeAfter: 6 * GB })).toEqual([]);
    expect(explainDifference({ ...base, freeBefore: 5 * GB, freeAfter: 6 * GB - 1e6 })).toEqual([]);
    expect(explainDifference({ ...base, freeBefore: 5 * GB, freeAfter: 7 * GB })).toEqual([]);
  });

  it('has nothing to say where the file system does not tell, or nothing was freed', () => {
    expect(explainDifference({ ...base, freeBefore: null, freeAfter: GB })).toEqual([]);
    expect(explainDifference({ ...base, bytesFreed: 0, freeBefore: GB, freeAfter: 0 })).toEqual([]);
  });

  it('says how much is missing', () => {
    const [first, ...others] = explainDifference({ ...base, freeBefore: 5 * GB, freeAfter: 5.5 * GB });
    expect(first).toBe('The file system shows 500.0 MB less space gained than the files occupied.');
    expect(others.at(-1)).toContain('Other programs');
  });

  it.skipIf(process.platform !== 'linux')('names the process that has a deleted file still open', () => {
    const file = join(base.cacheDir, 'open.erofs');
    writeFileSync(file, 'x');
    const fd = openSync(file, 'r');
    expect(whoHasOpen(`${base.cacheDir}/`)).toEqual([]);
    rmSync(file);
    expect(whoHasOpen(`${base.cacheDir}/`)).toEqual([expect.stringContaining(`(process ${process.pid})`)]);
    const sentences = explainDifference({
      cacheDir: join(base.cacheDir, '..'),
      folder: base.cacheDir.slice(base.cacheDir.lastIndexOf('/') + 1),
      bytesFreed: GB,
      freeBefore: GB,
      freeAfter: GB,
    });
    expect(sentences[1]).toContain(`process ${process.pid}`);
    closeSync(fd);
    expect(whoHasOpen(`${base.cacheDir}/`)).toEqual([]);
  });
});
