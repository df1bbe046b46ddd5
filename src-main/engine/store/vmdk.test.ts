import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { file } from '../../../test-support/tar-entry.ts';
import { vmdkPath } from './names.ts';
import {
  fsmetaOfVmdk,
  isElsewhere,
  layersOfVmdk,
  movedFrom,
  parseVmdk,
  readVmdk,
  readVmdkLayers,
} from './vmdk.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const fileName = (digit: string) => `sha256_${digit.repeat(64)}.erofs`;

const EXTENTS = [
  `RW 24 FLAT "/home/me/cache/fsmeta/${fileName('a')}" 0`,
  `RW 4194304 FLAT "/home/me/cache/layers/${fileName('1')}" 0`,
  `RW 8 FLAT "/home/me/cache/layers/${fileName('1')}" 4194304`,
  `RW 16 FLAT "/home/me/cache/layers/${fileName('2')}" 0`,
  `RW 16 FLAT "/home/me/cache/layers/${fileName('2')}" 0`,
];

function descriptor(extents: readonly string[] = EXTENTS): string {
  return [
    '# Disk DescriptorFile',
    'version=1',
    'CID=fffffffe',
    'parentCID=ffffffff',
    'createType="twoGbMaxExtentFlat"',
    '',
    '# Extent description',
    ...extents,
    '',
    '# The Disk Data Base',
    '#DDB',
    'ddb.virtualHWVersion = "4"',
    '',
  ].join('\n');
}

describe('parseVmdk', () => {
  it('reads the extents in disk order', () => {
    expect(parseVmdk(descriptor(EXTENTS.slice(0, 2)))).toEqual({
      createType: 'twoGbMaxExtentFlat',
      extents: [
        { sectors: 24, path: `/home/me/cache/fsmeta/${fileName('a')}`, offset: 0 },
        { sectors: 4_194_304, path: `/home/me/cache/layers/${fileName('1')}`, offset: 0 },
      ],
    });
  });

  it('reads paths with spaces and quotes', () => {
    expect(parseVmdk(descriptor(['RW 8 FLAT "/a "b" c/x" 0']))?.extents[0]?.path).toBe('/a "b" c/x');
  });

  it.each([
    ['empty', ''],
    ['binary', '\0'.repeat(4096)],
    ['of another format', '# Some other file\nRW 8 FLAT "/x" 0'],
    ['longer than a mebibyte', `${descriptor()}${' '.repeat(2 ** 20)}`],
    ['with an extent of another type', descriptor(['RW 8 SPARSE "/x" 0'])],
    ['with an extent cut short', descriptor(['RW 8 FLAT "/x'])],
    ['with a sector count that is none', descriptor(['RW 9999999999999999 FLAT "/x" 0'])],
  ])('is null for a file that is %s', (_what, text) => {
    expect(parseVmdk(text)).toBeNull();
  });

  it('never throws or hangs, whatever the text', () => {
    const piece = fc.constantFrom(
      ...EXTENTS,
      '# Disk DescriptorFile',
      'createType="',
      'RW ',
      '"',
      '\n',
      ' ',
      '\r\n',
      '0',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 20 }).map((pieces) => `# Disk DescriptorFile\n${pieces.join('')}`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        const vmdk = parseVmdk(hostile);
        if (vmdk === null) return;
        layersOfVmdk(vmdk);
        fsmetaOfVmdk(vmdk);
        isElsewhere(vmdk, '/home/me/cache');
      }),
      { numRuns: 2000 },
    );
    for (const unit of ['RW 8 FLAT "', '"', ' ', '\n', '/layers/', 'a']) {
      parseVmdk(`# Disk DescriptorFile\n${unit.repeat(90_000)}`);
    }
  });
});

describe('layersOfVmdk', () => {
  it('names the layers from the base up, a repeated one twice, one in several extents once', () => {
    expect(layersOfVmdk(parseVmdk(descriptor())!)).toEqual([digest('1'), digest('2'), digest('2')]);
  });

  it('says nothing when an extent is not a file of a cache', () => {
    expect(layersOfVmdk(parseVmdk(descriptor([...EXTENTS, 'RW 8 FLAT "/etc/passwd" 0']))!)).toBeNull();
    expect(
      layersOfVmdk(parseVmdk(descriptor([...EXTENTS, `RW 8 FLAT "/x/layers/${'1'.repeat(64)}.erofs" 0`]))!),
    ).toBeNull();
    expect(layersOfVmdk(parseVmdk(descriptor([]))!)).toBeNull();
  });
});

describe('isElsewhere', () => {
  const vmdk = parseVmdk(descriptor())!;

  it('is false for the cache the paths name', () => {
    expect(isElsewhere(vmdk, '/home/me/cache')).toBe(false);
  });

  it.each(['/home/me/cache2', '/home/me', '/home/you/cache', '/'])('is true seen from %s', (cacheDir) => {
    expect(isElsewhere(vmdk, cacheDir)).toBe(true);
  });

  it('understands paths as Windows resolves them', () => {
    const windows = parseVmdk(
      descriptor([`RW 8 FLAT "\\\\?\\C:\\Users\\me\\cache\\layers\\${fileName('1')}" 0`]),
    )!;
    expect(isElsewhere(windows, 'C:\\Users\\me\\cache')).toBe(false);
    expect(layersOfVmdk(windows)).toEqual([digest('1')]);
  });
});

describeWithMsb('readVmdk on descriptors msb wrote', (version) => {
  const images = [
    {
      references: ['app:1'],
      layers: [
        { entries: [file('a', 'one')] },
        { entries: [file('b', 'two')] },
        { entries: [file('a', 'one')] },
      ],
    },
  ];

  it('finds the layers the database links, repeated ones included', async () => {
    const cache = await makeCache({ version, images });
    const { manifestDigest, diffIds } = cache.image('app:1');
    expect(diffIds).toHaveLength(3);
    expect(readVmdkLayers(cache, manifestDigest)).toEqual(diffIds);
    expect(readVmdk(cache, manifestDigest)?.isElsewhere).toBe(false);
    cache.dispose();
  });

  it('sees that a cache was moved, and not that a link leads to it', async () => {
    const cache = await makeCache({ version, images });
    const { manifestDigest } = cache.image('app:1');
    const link = join(scratchDir('link'), 'cache');
    symlinkSync(cache.cacheDir, link);
    expect(readVmdk({ cacheDir: link }, manifestDigest)?.isElsewhere).toBe(false);
    const moved = join(dirname(cache.cacheDir), 'moved');
    expect(movedFrom({ cacheDir: link })).toBeNull();
    renameSync(cache.cacheDir, moved);
    expect(readVmdk({ cacheDir: moved }, manifestDigest)?.isElsewhere).toBe(true);
    expect(movedFrom({ cacheDir: moved })).toBe(cache.cacheDir);
    cache.dispose();
  });
});

describe('readVmdkLayers', () => {
  it('does not trust a descriptor that begins with another image', () => {
    const cacheDir = scratchDir('vmdk');
    mkdirSync(join(cacheDir, 'vmdk'));
    writeFileSync(join(cacheDir, vmdkPath(digest('a'))!), descriptor());
    writeFileSync(join(cacheDir, vmdkPath(digest('b'))!), descriptor());
    expect(readVmdkLayers({ cacheDir }, digest('a'))).toHaveLength(3);
    expect(readVmdkLayers({ cacheDir }, digest('b'))).toBeNull();
  });

  it('is null where there is no descriptor to read', () => {
    const cacheDir = scratchDir('vmdk');
    expect(readVmdkLayers({ cacheDir }, digest('a'))).toBeNull();
    mkdirSync(join(cacheDir, 'vmdk'));
    writeFileSync(join(cacheDir, 'elsewhere'), descriptor());
    symlinkSync('../elsewhere', join(cacheDir, vmdkPath(digest('a'))!));
    expect(readVmdkLayers({ cacheDir }, digest('a'))).toBeNull();
    expect(readVmdkLayers({ cacheDir: join(cacheDir, 'none') }, digest('a'))).toBeNull();
    expect(readVmdkLayers({ cacheDir }, '../elsewhere')).toBeNull();
    expect(readFileSync(join(cacheDir, 'elsewhere'), 'utf8')).toBe(descriptor());
  });
});
