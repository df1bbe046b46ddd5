import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { writeSparse } from '../../../test-support/sparse.ts';
import type { SandboxRow, SnapshotRow } from '../database/rows.ts';
import { measureOutsideDisks } from './outside-disks.ts';
import { measureTree } from './tree-size.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const MIB = 2 ** 20;

function disk(folder: string, contentBytes: number): string {
  mkdirSync(folder, { recursive: true });
  writeSparse(join(folder, 'upper.ext4'), { lengthBytes: 64 * MIB, contentBytes });
  return folder;
}

function sandbox(name: string, more: Partial<SandboxRow> = {}): SandboxRow {
  return {
    id: 1,
    name,
    status: 'Stopped',
    manifestDigests: [],
    rootfsManifestIds: [],
    isReadable: true,
    runningPids: [],
    ...more,
  };
}

function snapshot(name: string | null, artifactPath: string | null, manifestDigest: string): SnapshotRow {
  return {
    digest: digest('f'),
    name,
    group: null,
    imageReference: null,
    imageManifestDigest: manifestDigest,
    artifactPath,
  };
}

const NOTHING = { sandboxes: [], snapshots: [], manifests: [] };

describe('measureOutsideDisks', () => {
  it('measures the folders of sandboxes, with every manifest they pin', () => {
    const sandboxesDir = scratchDir('sandboxes');
    const path = disk(join(sandboxesDir, 'box'), MIB);
    const manifests = [
      {
        id: 7,
        digest: digest('2'),
        configDigest: null,
        architecture: null,
        os: null,
        variant: null,
        layerCount: null,
        totalSizeBytes: null,
        createdAt: null,
      },
    ];
    const sandboxes = [sandbox('box', { manifestDigests: [digest('1')], rootfsManifestIds: [7, 8] })];
    expect(
      measureOutsideDisks({ sandboxesDir }, { ...NOTHING, sandboxes, manifests }, { snapshots: [] }),
    ).toEqual([
      {
        kind: 'sandbox',
        name: 'box',
        path,
        allocatedBytes: measureTree(path).allocatedBytes,
        logicalBytes: 64 * MIB,
        manifestDigests: [digest('1'), digest('2')],
      },
    ]);
  });

  it('lists the largest first, and leaves out sandboxes without a folder', () => {
    const sandboxesDir = scratchDir('sandboxes');
    disk(join(sandboxesDir, 'small'), MIB);
    disk(join(sandboxesDir, 'large'), 3 * MIB);
    const sandboxes = ['small', 'none', 'large'].map((name) => sandbox(name));
    const found = measureOutsideDisks({ sandboxesDir }, { ...NOTHING, sandboxes }, { snapshots: [] });
    expect(found.map(({ name }) => name)).toEqual(['large', 'small']);
  });

  it('does not leave the sandboxes folder for a name that leads out of it', () => {
    const sandboxesDir = join(scratchDir('home'), 'sandboxes');
    disk(join(sandboxesDir, '..', 'other'), MIB);
    disk(join(sandboxesDir, 'a', 'b'), MIB);
    const sandboxes = ['../other', '..', '.', '', 'a/b', '/', 'a\0b'].map((name) => sandbox(name));
    expect(measureOutsideDisks({ sandboxesDir }, { ...NOTHING, sandboxes }, { snapshots: [] })).toEqual([]);
  });

  it('takes a snapshot on disk and its row for one, and finds those that lie elsewhere', () => {
    const sandboxesDir = scratchDir('sandboxes');
    const indexed = disk(join(scratchDir('snapshots'), 'indexed'), MIB);
    const elsewhere = disk(join(scratchDir('elsewhere'), 'there'), 2 * MIB);
    const snapshots = [
      snapshot('indexed', indexed, digest('1')),
      snapshot(null, elsewhere, digest('2')),
      snapshot('gone', join(elsewhere, 'gone'), digest('3')),
      snapshot('nowhere', null, digest('3')),
      snapshot('relative', 'relative', digest('3')),
    ];
    const store = { snapshots: [{ path: indexed, name: 'x', group: null, manifestDigest: digest('4') }] };
    const found = measureOutsideDisks({ sandboxesDir }, { ...NOTHING, snapshots }, store);
    expect(found.map(({ kind, name, manifestDigests }) => [kind, name, manifestDigests])).toEqual([
      ['snapshot', elsewhere, [digest('2')]],
      ['snapshot', 'indexed', [digest('1'), digest('4')]],
    ]);
  });

  it('measures what a linked folder leads to', () => {
    const sandboxesDir = scratchDir('sandboxes');
    const real = disk(join(scratchDir('large-disk'), 'box'), MIB);
    symlinkSync(real, join(sandboxesDir, 'box'));
    const [found] = measureOutsideDisks(
      { sandboxesDir },
      { ...NOTHING, sandboxes: [sandbox('box')] },
      { snapshots: [] },
    );
    expect(found?.allocatedBytes).toBe(measureTree(real).allocatedBytes);
  });
});
