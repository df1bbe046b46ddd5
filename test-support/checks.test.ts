import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { age } from './age.ts';
import { makeCache } from './cache.ts';
import { checkDatabase, checkHeldImages } from './check-cache.ts';
import { pathSafe, withDatabase } from './database.ts';
import { standardImages } from './images.ts';
import { listTree } from './list-tree.ts';
import { missingMsbReason, msbBinary, runMsb } from './msb.ts';
import { describeWithMsb } from './msb-suite.ts';
import { creationLockFile, sandboxLockFile } from './sandboxes.ts';
import { scratchDir } from './scratch.ts';
import { addSnapshot } from './snapshots.ts';

describe('listTree', () => {
  const build = () => {
    const folder = scratchDir('tree');
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd', 'f'), 'content');
    return { folder, inner: join(folder, 'd', 'f'), before: listTree(folder) };
  };

  it('sees a change that keeps length and time', () => {
    const { folder, inner, before } = build();
    const { atime, mtime } = statSync(inner);
    writeFileSync(inner, 'CONTENT');
    utimesSync(inner, atime, mtime);
    expect(listTree(folder)).not.toEqual(before);
  });

  it('sees a mode, a time, a new and a lost entry, and a link for what it is', () => {
    const { folder, inner, before } = build();
    age(inner, 5000);
    expect(listTree(folder)).not.toEqual(before);
    const aged = listTree(folder);
    chmodSync(inner, 0o600);
    expect(listTree(folder)).not.toEqual(aged);
    symlinkSync('/nowhere', join(folder, 'link'));
    expect(listTree(folder).link).toMatch(/^symlink .* \/nowhere$/);
    rmSync(inner);
    expect(Object.keys(listTree(folder))).toEqual(['d', 'link']);
    expect(listTree(folder, { ignore: /^link$/ })).toEqual({ d: expect.stringContaining('directory') });
  });
});

describeWithMsb(
  'the checks',
  (version) => {
    it('find a row that points at nothing', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      withDatabase(cache.home, (database) => {
        database.pragma('foreign_keys = OFF');
        database.exec('DELETE FROM layer WHERE id = (SELECT min(id) FROM layer)');
      });
      expect(checkDatabase(cache.home)[0]).toMatch(/^manifest_layer \d+ points at no layer$/);
    });

    it('find what a snapshot misses that only its descriptor on disk tells of', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      addSnapshot(cache.home, { name: 'stray', reference: 'alpine', isIndexed: false });
      const { manifestDigest, diffIds } = cache.image('alpine');
      await cache.msb(['image', 'rm', 'alpine']);
      expect(checkHeldImages(cache.home)).toContainEqual(
        expect.stringMatching(`^no manifest row of ${manifestDigest}, held by descriptor .*snapshot.json$`),
      );
      expect(cache.images).toHaveLength(5);
      const [base] = cache.image('python:3.12').diffIds;
      expect(diffIds).not.toContain(base);
      rmSync(join(cache.cacheDir, 'layers', `${pathSafe(base!)}.erofs`));
      expect(checkHeldImages(cache.home).filter((problem) => problem.includes('no layers/'))).toHaveLength(3);
    });

    it('run msb in a clean environment, and tell what it said when it fails', async () => {
      const home = scratchDir('home');
      await expect(runMsb(home, ['image', 'inspect', 'none'], { version })).rejects.toThrow(
        /left with 1: .*none/,
      );
      await expect(runMsb(home, ['image', 'ls'], { version, expectFailure: true })).rejects.toThrow(
        'left with 0',
      );
      await expect(runMsb(home, ['image', 'ls'], { version, timeoutMs: 1 })).rejects.toThrow(
        'ended by SIGKILL',
      );
      expect(msbBinary(version)).toContain('msb');
      expect(missingMsbReason(version)).toContain(version);
    });
  },
  ['0.6.18'],
);

it('lock files of a sandbox have the names msb gives them', () => {
  const home = scratchDir('home');
  // Seen after `msb create --name sb1`.
  const name = '320983ce679b69a1fa11436cfe757803.lock';
  expect(sandboxLockFile(home, 'sb1')).toBe(join(home, 'run', 'locks', name));
  expect(creationLockFile(home, 'sb1')).toBe(join(home, 'run', 'creation-locks', name));
});
