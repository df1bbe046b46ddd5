import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { writeDockerArchive, writeLayerTar, writeOciArchive } from './archive.ts';
import { everyEntryKind } from './images.ts';
import { DEFAULT_MTIME, file } from './tar-entry.ts';
import { readArchivedLayer, readTar, readTarFile } from './tar-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'strata-archive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const everyKind = everyEntryKind();

describe('writeLayerTar and readTar', () => {
  it('give back every kind of entry', () => {
    const tar = join(folder, 'kinds.tar');
    writeLayerTar(tar, everyKind);
    const read = readTar(tar).map(({ type, path, mode, uid, gid, mtime, sizeBytes, target, device }) =>
      [type, path, mode.toString(8), `${uid}:${gid}`, mtime, sizeBytes, target, device].filter(
        (x) => x !== null,
      ),
    );
    const at = DEFAULT_MTIME;
    expect(read).toEqual([
      ['directory', 'etc', '750', '3:4', 12_345, 0],
      ['file', 'etc/passwd', '4755', '0:0', at, 11],
      ['hardlink', 'etc/passwd-', '644', '0:0', at, 0, 'etc/passwd'],
      ['symlink', 'etc/link', '777', '0:0', at, 0, '../elsewhere'],
      ['symlink', 'etc/long-link', '777', '0:0', at, 0, 'x'.repeat(200)],
      ['char-device', 'dev-null', '644', '0:0', at, 0, { major: 1, minor: 3 }],
      ['block-device', 'dev-sda', '644', '0:0', at, 0, { major: 260, minor: 70_000 }],
      ['fifo', 'pipe', '644', '0:0', at, 0],
      ['file', 'etc/.wh.gone', '644', '0:0', at, 0],
      ['file', 'srv/.wh..wh..opq', '644', '0:0', at, 0],
      ['file', `deep/${'n'.repeat(150)}/file`, '644', '0:0', at, 4],
      ['file', 'f\uFFFD\uFFFD', '644', '0:0', at, 9],
      ['file', 'owned', '644', '4000000000:5000000', at, 0],
      ['file', 'old', '644', '0:0', -5, 0],
      ['file', 'fraction', '644', '0:0', 1.25, 0],
      ['file', 'labelled', '644', '0:0', at, 0],
      ['file', 'zeros', '644', '0:0', at, 3_000_001],
      ['file', 'noise', '644', '0:0', at, 1_500_000],
      ['file', 'text', '644', '0:0', at, 100],
    ]);
    const entry = (path: string) => readTar(tar).find((candidate) => candidate.path === path);
    expect(entry('labelled')?.xattrs).toEqual({
      'user.note': Buffer.from('hello'),
      'security.capability': Buffer.from([1, 0, 2]),
    });
    expect(entry('f\uFFFD\uFFFD')?.pathBytes).toEqual(Buffer.from([0x66, 0xff, 0xfe]));
    expect(entry('zeros')?.sha256).toBe(createHash('sha256').update(Buffer.alloc(3_000_001)).digest('hex'));
    expect(readTarFile(tar, 'text').toString()).toMatch(/^0 line 0\n0 line 1\n/);
  });

  it.skipIf(process.platform === 'win32')('agree with the tar program', () => {
    const tar = join(folder, 'agree.tar');
    writeLayerTar(tar, everyKind);
    const listed = execFileSync('tar', ['-tf', tar, '--quoting-style=literal'], { encoding: 'latin1' });
    const expected = readTar(tar).map(
      ({ type, pathBytes }) => pathBytes.toString('latin1') + (type === 'directory' ? '/' : ''),
    );
    expect(listed.split('\n').slice(0, -1)).toEqual(expected);
  });

  it('write the same bytes for the same entries', () => {
    const first = writeLayerTar(join(folder, 'first.tar'), everyKind);
    const second = writeLayerTar(join(folder, 'second.tar'), everyKind);
    expect(second).toEqual(first);
    const bytes = readFileSync(join(folder, 'second.tar'));
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(first.diffId);
    expect(bytes.length).toBe(first.sizeBytes);
  });

  it('keep two gigabytes of zeros off the disk', () => {
    const tar = join(folder, 'huge.tar');
    const { sizeBytes } = writeLayerTar(tar, [file('disk', { sizeBytes: 2 ** 31, fill: 'zeros' })]);
    expect(sizeBytes).toBeGreaterThan(2 ** 31);
    expect(statSync(tar).blocks * 512).toBeLessThan(2 ** 20);
  });

  it('write as many entries as a layer of a large image has', () => {
    const tar = join(folder, 'many.tar');
    writeLayerTar(
      tar,
      (function* () {
        for (let index = 0; index < 200_000; index += 1) yield file(`d${index % 100}/f${index}`, '');
      })(),
    );
    expect(readTar(tar)).toHaveLength(200_000);
  });
});

describe('writeDockerArchive', () => {
  it('stores a layer that two images share once', () => {
    const base = { entries: [file('base', 'b')], createdBy: 'ADD base' };
    const archive = join(folder, 'two.tar');
    const [one, two] = writeDockerArchive(archive, [
      { references: ['one:1', 'uno:1'], layers: [base] },
      { references: ['two:1'], layers: [base, { entries: [file('top', 't')] }] },
    ]);
    const paths = readTar(archive).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(two!.layers[0]).toEqual(one!.layers[0]);
    const manifest = JSON.parse(readTarFile(archive, 'manifest.json').toString());
    expect(manifest[0].RepoTags).toEqual(['one:1', 'uno:1']);
    expect(manifest[1].Layers).toHaveLength(2);
    expect(readArchivedLayer(archive, two!.layers[1]!.blobDigest).map(({ path }) => path)).toEqual(['top']);
  });

  it('puts the whole configuration into the config blob', () => {
    const archive = join(folder, 'config.tar');
    const [image] = writeDockerArchive(archive, [
      {
        references: ['x:1'],
        layers: [{ entries: [], createdBy: 'RUN true' }],
        config: { env: ['A=1'], stopSignal: 'SIGQUIT', exposedPorts: ['80/tcp'], variant: 'v8' },
      },
    ]);
    const config = JSON.parse(
      readTarFile(archive, `blobs/sha256/${image!.configDigest.slice(7)}`).toString(),
    );
    expect(config).toMatchObject({
      architecture: 'amd64',
      variant: 'v8',
      config: { Env: ['A=1'], StopSignal: 'SIGQUIT', ExposedPorts: { '80/tcp': {} } },
      rootfs: { diff_ids: [image!.layers[0]!.diffId] },
      history: [{ created_by: 'RUN true' }],
    });
  });
});

describe('writeOciArchive', () => {
  it('names manifest, config and compressed layers by digest', () => {
    const archive = join(folder, 'oci.tar');
    const [image] = writeOciArchive(archive, [
      { references: ['x:1'], layers: [{ entries: [file('f', 'content')], compression: 'gzip' }] },
    ]);
    const blob = (digest: string) => readTarFile(archive, `blobs/sha256/${digest.slice(7)}`);
    const manifest = JSON.parse(blob(image!.manifestDigest!).toString());
    const layer = image!.layers[0]!;
    expect(manifest.layers[0]).toMatchObject({ digest: layer.blobDigest, size: layer.sizeBytes });
    expect(manifest.config.digest).toBe(image!.configDigest);
    const tar = gunzipSync(blob(layer.blobDigest));
    expect(`sha256:${createHash('sha256').update(tar).digest('hex')}`).toBe(layer.diffId);
    expect(layer.diffId).not.toBe(layer.blobDigest);
  });
});
