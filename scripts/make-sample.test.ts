import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unpackSample } from '../src-main/engine/home/sample.ts';
import { cachedImages } from '../test-support/database.ts';
import { describeWithMsb } from '../test-support/msb-suite.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { makeSample, SAMPLE_ARCHIVE } from './make-sample.ts';

/** What both must have; manifest digests depend on the zlib that packed the layers. */
async function contentsOf(archive: string): Promise<unknown> {
  const home = await unpackSample(archive, join(scratchDir('sample'), 'home'));
  const layers = readdirSync(join(home, 'cache', 'layers')).sort();
  return {
    layers: layers.map((name) => [name, statSync(join(home, 'cache', 'layers', name)).size]),
    images: cachedImages(home).map(({ reference, diffIds }) => [reference, diffIds]),
    sandboxes: readdirSync(join(home, 'sandboxes')),
    garbage: readdirSync(join(home, 'cache', 'tmp')).length,
  };
}

describeWithMsb('make-sample', () => {
  it('makes what lies in resources/sample, small enough for the repository', async () => {
    const archive = join(scratchDir('made'), 'home.tar.gz');
    expect(await makeSample(archive)).toBeLessThan(1_500_000);
    expect(await contentsOf(archive)).toEqual(await contentsOf(SAMPLE_ARCHIVE));
  });
}, ['0.6.18']);
