import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { withDatabase } from '../../../test-support/database.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { msbImageInspect, msbImageList } from '../../../test-support/oracle.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { directory, file, symlink, type TarEntry } from '../../../test-support/tar-entry.ts';
import { tarBytes } from '../../../test-support/tar-writer.ts';
import { unpackSample } from './sample.ts';

const ARCHIVE = fileURLToPath(new URL('../../../resources/sample/home.tar.gz', import.meta.url));
const MINUTE = 60_000;

function archiveOf(entries: readonly TarEntry[]): string {
  const archive = join(scratchDir('sample-archive'), 'x.tar.gz');
  writeFileSync(archive, gzipSync(Buffer.concat([...tarBytes(entries)])));
  return archive;
}

describe('unpackSample', () => {
  let home: string;
  beforeAll(async () => {
    home = await unpackSample(ARCHIVE, join(scratchDir('sample'), 'home'));
  });

  it('gives a sound home whose newest image is minutes old', () => {
    expect(checkDatabase(home)).toEqual([]);
    const newest = withDatabase(home, (database) =>
      database.prepare('SELECT max(created_at) FROM image_ref').pluck().get(),
    ) as string;
    const age = Date.now() - Date.parse(`${newest.slice(0, 19).replace(' ', 'T')}Z`);
    expect(age).toBeGreaterThan(11 * MINUTE);
    expect(age).toBeLessThan(20 * MINUTE);
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files) {
      expect(statSync(join(parentPath, name)).mtimeMs, name).toBeLessThanOrEqual(Date.now());
    }
  });

  it('misses one layer of redis, and nothing else that is held', () => {
    expect(checkHeldImages(home)).toEqual([
      expect.stringMatching(
        /^no layers\/sha256_\w{64}\.erofs of .*, held by reference docker\.io\/library\/redis:8$/,
      ),
    ]);
  });

  it('names the new place in disks and snapshots', () => {
    const folder = join(home, 'cache', 'vmdk');
    const extents = readdirSync(folder).flatMap((name) => [
      ...readFileSync(join(folder, name), 'utf8').matchAll(/FLAT "([^"]+)"/g),
    ]);
    expect(extents.filter((match) => !match[1]!.startsWith(`${home}/cache/`))).toEqual([]);
    // The layer of redis, and the stray disk's own old fsmeta.
    expect(extents.filter((match) => !existsSync(match[1]!)).length).toBeLessThanOrEqual(2);
    withDatabase(home, (database) => {
      const path = database.prepare('SELECT artifact_path FROM snapshot_index').pluck().get() as string;
      expect(path.startsWith(home)).toBe(true);
      expect(existsSync(join(path, 'snapshot.json'))).toBe(true);
    });
  });

  it.skipIf(process.platform === 'win32')('keeps the holes of disk images', () => {
    const disk = statSync(join(home, 'sandboxes', 'agent-7', 'upper.ext4'));
    expect(disk.size).toBe(256 * 2 ** 20);
    expect(disk.blocks * 512).toBeLessThan(4_000_000);
  });

  it('refuses a directory that holds something, and leaves it alone', async () => {
    const target = scratchDir('sample');
    writeFileSync(join(target, 'mine.txt'), 'mine');
    await expect(unpackSample(ARCHIVE, target)).rejects.toThrow('is not empty');
    expect(readdirSync(target)).toEqual(['mine.txt']);
  });

  it.each([
    ['upwards', file('../evil', 'x')],
    ['upwards inside', file('cache/../../evil', 'x')],
    ['absolute', file('/evil', 'x')],
    ['a Windows stream', file('db:evil', 'x')],
    ['a backslash', file('..\\evil', 'x')],
  ])('refuses a path that leads %s', async (_, entry) => {
    const parent = scratchDir('sample');
    const target = join(parent, 'target');
    await expect(unpackSample(archiveOf([entry]), target)).rejects.toThrow('the sample holds the path');
    expect(readdirSync(parent)).toEqual(['target']);
    expect(readdirSync(target)).toEqual([]);
  });

  it('refuses links', async () => {
    const archive = archiveOf([directory('cache'), symlink('cache/layers', '/etc')]);
    await expect(unpackSample(archive, join(scratchDir('sample'), 'home'))).rejects.toThrow(
      'entry of type 2',
    );
  });

  it('refuses a second file of one name', async () => {
    const archive = archiveOf([file('a', '1'), file('a', '2')]);
    await expect(unpackSample(archive, join(scratchDir('sample'), 'home'))).rejects.toThrow('EEXIST');
  });

  it('refuses an archive that is cut short, missing or no archive', async () => {
    const folder = scratchDir('sample');
    const whole = readFileSync(ARCHIVE);
    for (const length of [0, 1, 5000, whole.length - 20, whole.length - 1]) {
      const archive = join(folder, `${length}.tar.gz`);
      writeFileSync(archive, whole.subarray(0, length));
      await expect(
        unpackSample(archive, join(folder, `home-${length}`)),
        `${length} bytes`,
      ).rejects.toThrow();
    }
    const ragged = join(folder, 'ragged.tar.gz');
    writeFileSync(ragged, gzipSync(Buffer.from('not a tar')));
    await expect(unpackSample(ragged, join(folder, 'ragged'))).rejects.toThrow('ends too early');
    await expect(unpackSample(join(folder, 'none'), join(folder, 'none-home'))).rejects.toThrow('ENOENT');
    mkdirSync(join(folder, 'directory'));
    await expect(unpackSample(join(folder, 'directory'), join(folder, 'x'))).rejects.toThrow();
  });
});

describeWithMsb('the unpacked sample', (version) => {
  it('is a home msb lists and inspects', async () => {
    const home = await unpackSample(ARCHIVE, join(scratchDir('sample'), 'home'));
    const list = await msbImageList(home, version);
    expect(list.map(({ reference }) => reference)).toEqual([
      'docker.io/library/python:3.12-slim',
      'docker.io/library/python:3.12',
      'docker.io/library/python:3',
      'ghcr.io/acme/agent-runtime:v1.61.0-rc.52',
      'docker.io/library/node:22-bookworm',
      'docker.io/library/ubuntu:24.04',
      'docker.io/library/alpine:latest',
      'docker.io/library/alpine:3.22',
      'ghcr.io/acme/agent-runtime:v1.61.0-rc.24',
      'registry.corp.io:5000/ml/cuda-base:12.8-cudnn',
      'docker.io/library/postgres:17',
      'docker.io/library/redis:8',
      'docker.io/library/busybox:latest',
    ]);
    const agent = await msbImageInspect(home, 'ghcr.io/acme/agent-runtime:v1.61.0-rc.52', version);
    expect(agent.layers).toHaveLength(9);
    expect(agent.config).toMatchObject({ user: 'agent', workingDir: '/app' });
  });
});
