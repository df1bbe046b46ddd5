import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoreEntry, StoreKind } from './entries.ts';
import {
  classify,
  digestOfName,
  FOLDERS,
  flatDiskPath,
  flatLockPath,
  flatRefPath,
  fsmetaLockPath,
  fsmetaPath,
  layerLockPath,
  layerPath,
  metadataLockPath,
  metadataPath,
  referenceKey,
  vmdkPath,
} from './names.ts';

const HEX = '06370201f60f9e83e4c0ad5b53fa8ee041cdb6cc3cafffc152e953f1c3dc4e9b';
const D = `sha256:${HEX}`;
const F = `sha256_${HEX}`;
const ID = HEX.slice(0, 32);

const FILES: readonly (readonly [path: string, what: StoreKind])[] = [
  [`layers/${F}.erofs`, { kind: 'layer', diffId: D }],
  [`layers/${F}.erofs.lock`, { kind: 'layer-lock', diffId: D }],
  [`layers/${F}.tar.gz`, { kind: 'blob', blobDigest: D }],
  [`fsmeta/${F}.erofs`, { kind: 'fsmeta', manifestDigest: D }],
  [`fsmeta/${F}.erofs.lock`, { kind: 'fsmeta-lock', manifestDigest: D }],
  [`vmdk/${F}.vmdk`, { kind: 'vmdk', manifestDigest: D }],
  [`manifests/${HEX}.json`, { kind: 'metadata', key: HEX }],
  [`manifests/${HEX}.json.part`, { kind: 'metadata-part', key: HEX }],
  [`manifests/${HEX}.lock`, { kind: 'metadata-lock', key: HEX }],
  [`flat/refs/${F}.json`, { kind: 'flat-ref', manifestDigest: D }],
  [`flat/refs/${F}.json.part`, { kind: 'flat-ref-part', manifestDigest: D }],
  [`flat/blobs/${F}.raw`, { kind: 'flat-disk', artifactDigest: D }],
  [`flat/locks/${F}.lock`, { kind: 'flat-lock', derivationDigest: D }],
  [`tmp/${F}.part`, { kind: 'download-part', blobDigest: D }],
  [`tmp/${F}.download.lock`, { kind: 'download-lock', blobDigest: D }],
  [`tmp/${F}.spool`, { kind: 'spool', diffId: D }],
  [`tmp/${F}.erofs.part`, { kind: 'layer-part', diffId: D }],
  ['tmp/load-0-14514-1.blob', { kind: 'transfer', pid: 14514, isAlive: true }],
  ['tmp/save-14526-0.layer.tar', { kind: 'transfer', pid: 14526, isAlive: true }],
  [`layers/sha512_${HEX}${HEX}.erofs`, { kind: 'layer', diffId: `sha512:${HEX}${HEX}` }],
  [`layers/sha384_${HEX}${ID}.erofs`, { kind: 'layer', diffId: `sha384:${HEX}${ID}` }],
];

const DIRECTORIES: readonly (readonly [path: string, what: StoreKind])[] = [
  ...FOLDERS.map((folder) => [folder, { kind: 'directory' }] as const),
  [`tmp/${F}.work`, { kind: 'work', digest: D }],
  [`tmp/${F}.flat.work`, { kind: 'work', digest: D }],
  [`.strata/${ID}`, { kind: 'leftover' }],
];

const NEARLY: readonly string[] = [
  // The digest: case, length, algorithm, separator.
  `layers/sha256_${HEX.toUpperCase()}.erofs`,
  `layers/sha256_${HEX.slice(1)}.erofs`,
  `layers/sha256_${HEX}0.erofs`,
  `layers/sha256_${HEX.slice(1)}g.erofs`,
  `layers/SHA256_${HEX}.erofs`,
  `layers/sha512_${HEX}.erofs`,
  `layers/md5_${ID}.erofs`,
  `layers/sha256:${HEX}.erofs`,
  `layers/sha256-${HEX}.erofs`,
  `layers/${HEX}.erofs`,
  // What comes before and after it.
  `layers/${F}`,
  `layers/${F}.EROFS`,
  `layers/${F}.erofs.`,
  `layers/${F}.erofs.bak`,
  `layers/${F}.erofs~`,
  `layers/${F}.erofs\n`,
  `layers/\n${F}.erofs`,
  `layers/ ${F}.erofs`,
  `layers/.${F}.erofs`,
  `layers/${F}.erofs.lock.lock`,
  `layers/${F}.erofs.part`,
  `layers/${F}.tar`,
  `layers/${F}.tar.gz.part`,
  `layers/${F}.vmdk`,
  `vmdk/${F}.vmdk.lock`,
  `fsmeta/${F}.tar.gz`,
  `manifests/${HEX.slice(1)}.json`,
  `manifests/${HEX.toUpperCase()}.json`,
  `manifests/${F}.json`,
  `manifests/${HEX}.json.lock`,
  `manifests/${HEX}`,
  `flat/refs/${HEX}.json`,
  `flat/blobs/${F}.raw.part`,
  `flat/locks/${F}.erofs.lock`,
  `tmp/${F}.lock`,
  `tmp/${F}.tar.gz`,
  `tmp/load-0-0-1.blob`,
  `tmp/load-0-014-1.blob`,
  `tmp/load-0-99999999999-1.blob`,
  `tmp/load-14514-1.blob`,
  `tmp/load-0-14514-1.blob.part`,
  `tmp/load--1-14514-1.blob`,
  `tmp/save-14526.layer.tar`,
  `tmp/save-14526-0-0.layer.tar`,
  // The folder.
  `${F}.erofs`,
  `Layers/${F}.erofs`,
  `layers/x/${F}.erofs`,
  `layers//${F}.erofs`,
  `./layers/${F}.erofs`,
  `/layers/${F}.erofs`,
  `layers/../layers/${F}.erofs`,
  `layers\\${F}.erofs`,
  `.strata/${ID}/layers/${F}.erofs`,
  `.msb-leases/${HEX}.lock`,
  `.image-deletions/coordination.lock`,
  'layers/',
  'README',
];

describe('classify', () => {
  it.each(FILES)('knows the file %s', (path, what) => {
    expect(classify(path, 'file')).toEqual(what);
  });

  it.each(DIRECTORIES)('knows the directory %j', (path, what) => {
    expect(classify(path, 'directory')).toEqual(what);
  });

  it.each(NEARLY)('takes no chance on %j', (path) => {
    expect(classify(path, 'file')).toEqual({ kind: 'unknown' });
    expect(classify(path, 'directory')).toEqual({ kind: 'unknown' });
  });

  it.each(FILES.map(([path]) => path))('does not know %s when it is anything but a regular file', (path) => {
    for (const type of ['directory', 'symlink', 'other'] as const) {
      expect(classify(path, type)).toEqual({ kind: 'unknown' });
    }
  });

  it.each(DIRECTORIES.map(([path]) => path))('does not know %j when it is no directory', (path) => {
    for (const type of ['file', 'symlink', 'other'] as const) {
      expect(classify(path, type)).toEqual({ kind: 'unknown' });
    }
  });

  it('knows no other operation folder of ours than 32 lower-case hexadecimal digits', () => {
    for (const name of [ID.slice(1), `${ID}0`, ID.toUpperCase(), `${ID}.tmp`, '..']) {
      expect(classify(`.strata/${name}`, 'directory')).toEqual({ kind: 'unknown' });
    }
  });

  it('asks whether the process of a transfer lives', () => {
    expect(classify('tmp/load-3-77-1.blob', 'file', (pid) => pid !== 77)).toEqual({
      kind: 'transfer',
      pid: 77,
      isAlive: false,
    });
  });

  it('never throws, and knows nothing but what it would write itself', () => {
    const piece = fc.constantFrom(
      'layers/',
      'fsmeta/',
      'vmdk/',
      'manifests/',
      'flat/',
      'refs/',
      'blobs/',
      'locks/',
      'tmp/',
      '.strata/',
      F,
      HEX,
      ID,
      '.erofs',
      '.lock',
      '.json',
      '.part',
      '.raw',
      '.vmdk',
      '.work',
      '.flat',
      '.tar.gz',
      'load-1-2-3.blob',
      '/',
      '..',
      '\0',
      ' ',
    );
    const path = fc.oneof(
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    );
    const type = fc.constantFrom<StoreEntry['type']>('file', 'directory', 'symlink', 'other');
    const known = new Set([...FILES, ...DIRECTORIES].map(([one]) => one));
    fc.assert(
      fc.property(path, type, (text, as) => {
        const { kind } = classify(text, as);
        if (kind !== 'unknown' && kind !== 'transfer') expect(known).toContain(text);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('paths', () => {
  it.each([
    [layerPath, 'layer'],
    [layerLockPath, 'layer-lock'],
    [fsmetaPath, 'fsmeta'],
    [fsmetaLockPath, 'fsmeta-lock'],
    [vmdkPath, 'vmdk'],
    [flatRefPath, 'flat-ref'],
    [flatDiskPath, 'flat-disk'],
    [flatLockPath, 'flat-lock'],
  ] as const)('lead back to their digest (%o)', (pathOf, kind) => {
    for (const digest of [D, `sha384:${HEX}${ID}`, `sha512:${HEX}${HEX}`]) {
      const what = classify(pathOf(digest)!, 'file');
      expect(what.kind).toBe(kind);
      expect(Object.values(what)).toContain(digest);
    }
  });

  it('lead back to their key', () => {
    expect(classify(metadataPath(HEX)!, 'file')).toEqual({ kind: 'metadata', key: HEX });
    expect(classify(metadataLockPath(HEX)!, 'file')).toEqual({ kind: 'metadata-lock', key: HEX });
  });

  it('are made of nothing but digests and keys', () => {
    for (const text of [
      '',
      'sha256:',
      `sha256:${HEX.toUpperCase()}`,
      `sha256:../${HEX.slice(3)}`,
      F,
      `${D}\n`,
    ]) {
      for (const pathOf of [layerPath, fsmetaPath, vmdkPath, flatRefPath, flatDiskPath, metadataPath]) {
        expect(pathOf(text)).toBeNull();
      }
    }
    expect(metadataPath(`../${HEX.slice(3)}`)).toBeNull();
  });
});

describe('digestOfName', () => {
  it('reads only whole path-safe digests', () => {
    expect(digestOfName(F)).toBe(D);
    for (const name of [D, `${F}.erofs`, `sha256__${HEX.slice(1)}`, ''])
      expect(digestOfName(name)).toBeNull();
  });
});

describe('referenceKey', () => {
  it('is the name msb gives the metadata of a reference, whatever its spelling', () => {
    const key = 'e8f1adef354e6465d41314fafa35b9b339282111c233492e861862dd91deee15';
    expect(['python', 'docker.io/library/python:latest'].map(referenceKey)).toEqual([key, key]);
  });

  it('is null for what msb rejects', () => {
    expect(referenceKey('Not A Reference')).toBeNull();
  });
});
