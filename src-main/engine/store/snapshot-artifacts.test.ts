import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { readSnapshotArtifact, scanSnapshots } from './snapshot-artifacts.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const isRoot = process.getuid?.() === 0;

function descriptor(manifestDigest: unknown): string {
  return JSON.stringify({ schema: 1, image: { ref: 'app:1', manifest_digest: manifestDigest } });
}

function put(folder: string, path: string, content: string): string {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
}

describe('scanSnapshots', () => {
  it('finds snapshots of every layout', () => {
    const folder = scratchDir('snapshots');
    put(folder, 'plain/snapshot.json', descriptor(digest('1')));
    put(folder, 'legacy/manifest.json', descriptor(digest('2')));
    put(folder, 'box/group.json', '{}');
    put(folder, `box/snap_${'0'.repeat(32)}/snapshot.json`, descriptor(digest('3')));
    put(folder, `box/snap_${'0'.repeat(32)}/group-member.json`, '{"name":"m1"}');
    put(folder, `box/snap_${'1'.repeat(32)}/snapshot.json`, descriptor(digest('4')));
    expect(scanSnapshots(folder)).toEqual([
      {
        path: join(folder, 'box', `snap_${'0'.repeat(32)}`),
        name: 'm1',
        group: 'box',
        manifestDigest: digest('3'),
      },
      {
        path: join(folder, 'box', `snap_${'1'.repeat(32)}`),
        name: `snap_${'1'.repeat(32)}`,
        group: 'box',
        manifestDigest: digest('4'),
      },
      { path: join(folder, 'legacy'), name: 'legacy', group: null, manifestDigest: digest('2') },
      { path: join(folder, 'plain'), name: 'plain', group: null, manifestDigest: digest('1') },
    ]);
  });

  it('finds nothing in a directory that is not there, or has only files and dot-folders', () => {
    const folder = scratchDir('snapshots');
    expect(scanSnapshots(join(folder, 'none'))).toEqual([]);
    put(folder, 'file', '');
    put(folder, '.groups.lock', '');
    put(folder, '.trash/snapshot.json', descriptor(digest('1')));
    put(folder, 'partial/upper.ext4', '');
    put(folder, 'partial/.manifest.json.legacy', descriptor(digest('1')));
    expect(scanSnapshots(folder)).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['cut short', descriptor(digest('1')).slice(0, -3)],
    ['without an image', '{"schema":1}'],
    ['with half a digest', descriptor('sha256:123')],
    ['with a digest that is no text', descriptor(['sha256'])],
    ['a list', '[]'],
  ])('knows a snapshot whose descriptor is %s, but not its image', (_what, text) => {
    const folder = scratchDir('snapshots');
    put(folder, 'broken/snapshot.json', text);
    put(folder, 'good/snapshot.json', descriptor(digest('1')));
    expect(scanSnapshots(folder).map(({ name, manifestDigest }) => [name, manifestDigest])).toEqual([
      ['broken', null],
      ['good', digest('1')],
    ]);
  });

  it('keeps both images when an old and a new descriptor differ', () => {
    const folder = scratchDir('snapshots');
    put(folder, 'one/snapshot.json', descriptor(digest('1')));
    put(folder, 'one/manifest.json', descriptor(digest('2')));
    expect(scanSnapshots(folder).map((artifact) => artifact.manifestDigest)).toEqual([
      digest('1'),
      digest('2'),
    ]);
  });

  it('counts a snapshot behind a link as well', () => {
    const folder = scratchDir('snapshots');
    const elsewhere = scratchDir('elsewhere');
    put(elsewhere, 'snapshot.json', descriptor(digest('1')));
    symlinkSync(elsewhere, join(folder, 'linked'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    symlinkSync(folder, join(folder, 'loop'));
    const found = scanSnapshots(folder).filter(({ group }) => group === null);
    expect(found).toEqual([
      { path: join(folder, 'linked'), name: 'linked', group: null, manifestDigest: digest('1') },
    ]);
  });

  it.skipIf(process.platform === 'win32')('does not wait at a FIFO, nor read a huge descriptor', () => {
    const folder = scratchDir('snapshots');
    mkdirSync(join(folder, 'fifo'));
    execFileSync('mkfifo', [join(folder, 'fifo', 'snapshot.json')]);
    truncateSync(put(folder, 'huge/snapshot.json', descriptor(digest('1'))), 2 ** 40);
    expect(scanSnapshots(folder).map((artifact) => artifact.manifestDigest)).toEqual([null, null]);
  });

  it.skipIf(isRoot)('lets a folder it may not read hold everything', () => {
    const folder = scratchDir('snapshots');
    put(folder, 'closed/snapshot.json', descriptor(digest('1')));
    chmodSync(join(folder, 'closed'), 0);
    const found = scanSnapshots(folder);
    chmodSync(folder, 0);
    const all = scanSnapshots(folder);
    chmodSync(folder, 0o700);
    chmodSync(join(folder, 'closed'), 0o700);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((artifact) => artifact.manifestDigest === null)).toBe(true);
    expect(all).toEqual([{ path: folder, name: null, group: null, manifestDigest: null }]);
  });

  if (isRoot) console.warn('skipped: what may not be read cannot be tried by root');

  it('never throws, whatever a descriptor says', () => {
    const folder = scratchDir('snapshots');
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ image: value })),
      fc.jsonValue().map((value) => descriptor(value)),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        put(folder, 'one/snapshot.json', hostile);
        put(folder, 'one/group-member.json', hostile);
        put(folder, 'one/two/snapshot.json', hostile);
        put(folder, 'one/two/group-member.json', hostile);
        expect(scanSnapshots(folder)).toHaveLength(2);
      }),
    );
  });
});

describe('readSnapshotArtifact', () => {
  it('reads a descriptor wherever the database says it is', () => {
    const folder = scratchDir('elsewhere');
    put(folder, 'snapshot.json', descriptor(digest('1')));
    expect(readSnapshotArtifact(folder)).toEqual({
      path: folder,
      name: null,
      group: null,
      manifestDigest: digest('1'),
    });
  });

  it('is null where there is none, and for paths that are none', () => {
    const folder = scratchDir('elsewhere');
    for (const path of [
      folder,
      join(folder, 'none'),
      'relative',
      '',
      `${folder}/\0`,
      put(folder, 'archive.tar', 'x'),
    ]) {
      expect(readSnapshotArtifact(path)).toBeNull();
    }
  });
});
