import { describe, expect, it } from 'vitest';
import { facts, handle } from '../images/image-fixtures.ts';
import { cacheFile, layer, plan, usage } from './map-fixtures.ts';
import { followSteps, growMap, type MapFacts, type MapGrouping, type MapNode, stepInto } from './map-tree.ts';

const python = handle('python:3.12', { manifestDigest: 'm1' });
const alias = handle('python:latest', { manifestDigest: 'm1' });
const node = handle('node:22', { manifestDigest: 'm2' });

/** Two images on one base; python also has a flat disk, and something lies about. */
const CACHE: MapFacts = {
  usage: usage({
    'shared-layers': 500,
    'own-layers': 130,
    fsmeta: 20,
    flat: 300,
    metadata: 7,
    garbage: 60,
    unknown: 3,
    directories: 40,
  }),
  facts: [
    facts(python, { ownBytes: 400, sharedBytes: 500 }),
    facts(alias, { ownBytes: 400, sharedBytes: 500 }),
    facts(node, { ownBytes: 54, sharedBytes: 500 }),
  ],
  layers: [
    layer('base', 500, ['m1', 'm2']),
    layer('pip', 90, ['m1']),
    layer('npm', 40, ['m2']),
    layer('lost', 50, []),
  ],
  garbage: plan(
    { kind: 'layer', name: 'lost', allocatedBytes: 50 },
    { kind: 'download', name: 'tmp/a.part', allocatedBytes: 10 },
  ),
  files: [
    cacheFile('flat', 'flat/blobs/a.raw', 296, ['python:3.12', 'python:latest']),
    cacheFile('unknown', 'notes.txt', 3),
  ],
};

/** `label color bytes`, parts of groups indented. */
function draw(found: Pick<MapNode, 'parts'>, depth = 0): string {
  return found.parts
    .map(({ label, color, bytes, parts }) =>
      [`${'  '.repeat(depth)}${label} ${color} ${bytes}`, draw({ parts }, depth + 1)]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n');
}

describe('growMap', () => {
  it('counts what one image alone holds once per digest, shared layers beside it, garbage line by line', () => {
    expect(draw(growMap('image', CACHE))).toBe(
      [
        'Only one image own 454',
        '  python:3.12 own 400',
        '  node:22 own 54',
        'Shared layers shared 500',
        '  base shared 500',
        'Garbage garbage 60',
        '  lost garbage 50',
        '  tmp/a.part garbage 10',
        'Unknown files other 3',
        '  notes.txt other 3',
        'Directories other 40',
        'Metadata and other other 3',
      ].join('\n'),
    );
  });

  it('has a cell for each layer, the orphaned one red', () => {
    expect(draw(growMap('layer', CACHE))).toBe(
      [
        'base shared 500',
        'pip own 90',
        'npm own 40',
        'lost garbage 50',
        'Other garbage garbage 10',
        '  tmp/a.part garbage 10',
        'Merged file trees other 20',
        'Flat root disks flat 300',
        '  flat/blobs/a.raw flat 296',
        '  Others flat 4',
        'Metadata and locks other 7',
        'Unknown files other 3',
        '  notes.txt other 3',
        'Directories other 40',
      ].join('\n'),
    );
  });

  it.each<MapGrouping>(['image', 'layer', 'kind'])('adds up to the whole cache by %s', (grouping) => {
    expect(growMap(grouping, CACHE).bytes).toBe(CACHE.usage.totalBytes);
  });

  it('leads from cells to the image or layer they are', () => {
    const [images, shared] = growMap('image', CACHE).parts;
    expect(images?.parts[0]?.target).toEqual({ kind: 'image', reference: 'python:3.12' });
    expect(shared?.parts[0]?.target).toEqual({ kind: 'layer', diffId: 'base' });
  });

  it('leads from a cell to the file it is, and says which images a flat disk is for', () => {
    const cells = growMap('kind', CACHE).parts;
    const [disk] = cells.find(({ label }) => label === 'Flat root disks')!.parts;
    expect(disk?.about).toBe('root disk of 2 images');
    expect(disk?.target).toMatchObject({ kind: 'file', file: { path: 'flat/blobs/a.raw' } });
    const garbage = cells.find(({ label }) => label === 'Garbage')!.parts;
    expect(garbage.find(({ label }) => label === 'tmp/a.part')?.target).toMatchObject({
      kind: 'file',
      file: { category: 'garbage', reason: 'nothing needs it', allocatedBytes: 10 },
    });
  });

  it('keeps to the line when the files listed are more than it has', () => {
    const files = [cacheFile('unknown', 'notes.txt', 4)];
    const cell = growMap('kind', { ...CACHE, files }).parts.find(({ label }) => label === 'Unknown files');
    expect(cell).toMatchObject({ bytes: 3, parts: [], target: null });
  });
});

describe('followSteps', () => {
  it('stays as deep as there still is something', () => {
    const whole = growMap('kind', CACHE);
    const steps = [stepInto(whole.parts[1]!), { id: 'gone', gathered: null }];
    expect(followSteps(whole, steps).map((step) => step.label)).toEqual([
      'Whole cache',
      'Layers of one image',
    ]);
  });
});
