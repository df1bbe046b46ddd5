import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { parseFlatRef, parseMetadata, readMetadata } from './metadata.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const KEY = 'e8f1adef354e6465d41314fafa35b9b339282111c233492e861862dd91deee15';

const DOCUMENT = {
  manifest_digest: digest('a'),
  config_digest: digest('b'),
  raw_manifest_json: '{"schemaVersion":2}',
  raw_config_json: '{"os":"linux","architecture":"riscv64"}',
  config: { env: [] },
  layers: [
    { digest: digest('1'), media_type: 'x', size_bytes: 3, diff_id: digest('2') },
    { digest: digest('3'), media_type: 'x', size_bytes: 3, diff_id: digest('4') },
  ],
};

const CONTENT = {
  manifestDigest: digest('a'),
  configDigest: digest('b'),
  layers: [
    { blobDigest: digest('1'), diffId: digest('2') },
    { blobDigest: digest('3'), diffId: digest('4') },
  ],
  hasRawConfig: true,
  platform: { os: 'linux', architecture: 'riscv64', variant: null },
};

describe('parseMetadata', () => {
  it('reads what the image needs', () => {
    expect(parseMetadata(JSON.stringify(DOCUMENT))).toEqual(CONTENT);
  });

  it('reads files of msb 0.4 and 0.5, which have no raw JSON', () => {
    const { raw_config_json: _c, raw_manifest_json: _m, ...old } = DOCUMENT;
    expect(parseMetadata(JSON.stringify(old))).toEqual({ ...CONTENT, hasRawConfig: false, platform: null });
  });

  it('does not mind keys it does not know', () => {
    expect(parseMetadata(JSON.stringify({ ...DOCUMENT, later: [1] }))).toEqual(CONTENT);
  });

  it('reads a configuration that is not JSON as one without a platform', () => {
    expect(parseMetadata(JSON.stringify({ ...DOCUMENT, raw_config_json: '{' }))).toMatchObject({
      hasRawConfig: true,
      platform: null,
    });
  });

  it.each([
    ['empty', ''],
    ['cut short', JSON.stringify(DOCUMENT).slice(0, -10)],
    ['a list', '[]'],
    ['zeros, as power loss leaves them', '\0'.repeat(4096)],
    ['without layers', JSON.stringify({ ...DOCUMENT, layers: undefined })],
    ['without a manifest digest', JSON.stringify({ ...DOCUMENT, manifest_digest: undefined })],
    ['with a digest in upper case', JSON.stringify({ ...DOCUMENT, manifest_digest: digest('A') })],
    ['with half a digest', JSON.stringify({ ...DOCUMENT, config_digest: 'sha256:abc' })],
    [
      'with a path for a diff ID',
      JSON.stringify({ ...DOCUMENT, layers: [{ digest: digest('1'), diff_id: '../x' }] }),
    ],
    ['with a layer that is null', JSON.stringify({ ...DOCUMENT, layers: [null] })],
  ])('is null for a file that is %s', (_what, text) => {
    expect(parseMetadata(text)).toBeNull();
  });

  it('never throws, whatever the text', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...Object.keys(DOCUMENT)), fc.jsonValue())
      .map(([field, value]) => JSON.stringify({ ...DOCUMENT, [field]: value }));
    const cut = fc
      .tuple(fc.nat(600), fc.nat(600), fc.string())
      .map(
        ([at, length, text]) =>
          JSON.stringify(DOCUMENT).slice(0, at) + text + JSON.stringify(DOCUMENT).slice(at + length),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, cut, fc.string()), (text) => {
        parseMetadata(text);
        parseFlatRef(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseFlatRef', () => {
  it('reads the digest of the disk', () => {
    expect(parseFlatRef(JSON.stringify({ schema: 1, artifact_digest: digest('f') }))).toBe(digest('f'));
  });

  it('is null for everything else', () => {
    for (const text of ['', '{}', '[]', '{"artifact_digest":1}', '{"artifact_digest":"sha256:../x"}']) {
      expect(parseFlatRef(text)).toBeNull();
    }
  });
});

describe('readMetadata', () => {
  function cacheWith(text: string | null) {
    const cacheDir = scratchDir('metadata');
    mkdirSync(join(cacheDir, 'manifests'));
    const file = join(cacheDir, 'manifests', `${KEY}.json`);
    if (text !== null) writeFileSync(file, text);
    return { cacheDir, file };
  }

  it('gives the raw JSON verbatim', () => {
    const { cacheDir, file } = cacheWith(JSON.stringify(DOCUMENT));
    expect(readMetadata({ cacheDir }, KEY)).toEqual({
      ...CONTENT,
      rawConfigJson: DOCUMENT.raw_config_json,
      rawManifestJson: DOCUMENT.raw_manifest_json,
    });
    expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(DOCUMENT));
  });

  it('is null for a missing file and for a key that is none', () => {
    const { cacheDir } = cacheWith(null);
    expect(readMetadata({ cacheDir }, KEY)).toBeNull();
    expect(readMetadata({ cacheDir }, `../manifests/${KEY}`)).toBeNull();
  });

  it('does not follow a link, neither of the file nor of its folder', () => {
    const { cacheDir, file } = cacheWith(JSON.stringify(DOCUMENT));
    renameSync(file, `${file}.real`);
    symlinkSync(`${file}.real`, file);
    expect(readMetadata({ cacheDir }, KEY)).toBeNull();

    const other = cacheWith(JSON.stringify(DOCUMENT));
    renameSync(join(other.cacheDir, 'manifests'), join(other.cacheDir, 'real'));
    symlinkSync('real', join(other.cacheDir, 'manifests'));
    expect(readMetadata(other, KEY)).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('does not wait at a FIFO', () => {
    const { cacheDir, file } = cacheWith(null);
    execFileSync('mkfifo', [file]);
    expect(readMetadata({ cacheDir }, KEY)).toBeNull();
  });

  it('does not read a file of more than 16 MiB', () => {
    const { cacheDir, file } = cacheWith(JSON.stringify(DOCUMENT));
    truncateSync(file, 16 * 2 ** 20 + 1);
    expect(readMetadata({ cacheDir }, KEY)).toBeNull();
  });
});
