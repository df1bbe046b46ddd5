/**
 * Breaks good images at random and reads all of them, a million times unless told otherwise:
 *
 *   node bench/erofs/fuzz.ts [mutations] [seed]
 *
 * Run it in several processes with several seeds to use several cores; a scratch directory in memory (TMPDIR) is
 * faster. Anything but a typed error stops it with the image, the seed and the round, and leaves the image behind.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackFixture } from '../../src-main/engine/erofs/test-images.ts';
import { MutatedImage, type Outcome, readEverything } from '../../src-main/engine/erofs/test-mutations.ts';
import { askEverything } from '../../src-main/engine/layers/test-broken-trees.ts';
import { makeCache } from '../../test-support/cache.ts';
import { everyEntryKind } from '../../test-support/images.ts';
import { availableMsbVersions } from '../../test-support/msb.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { directory, file, opaque, whiteout } from '../../test-support/tar-entry.ts';
import { seededRandom } from '../../test-support/tar-writer.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 32));
/** Asking for whole trees of layers takes much longer than reading one image. */
const TREE_EVERY = 50;
const NOTEWORTHY_MS = 100;
const FIXTURES = [
  'default',
  'extended',
  'compact',
  'block-512',
  'block-1024',
  'block-2048',
  'plain',
  'own-xattrs',
  'no-xattrs',
  'chunks-4k',
  'chunks-64k',
  'block-512-chunks',
  'device',
  'compressed',
  'fragments',
  'ztailpacking',
];

const folder = scratchDir('fuzz');
const random = seededRandom(seed);
const files = [...FIXTURES.map((name) => unpackFixture(`${name}.erofs`, folder)), ...(await msbImages())];
const good = join(folder, 'good.erofs');
copyFileSync(files[0]!, good);
const images = files.map((path) => new MutatedImage(path, random));
const outcomes: Record<Outcome, number> = { refused: 0, damaged: 0, whole: 0 };
console.log(`seed ${seed}, ${total} mutations of ${images.length} images`);

/** Of the processor: the machine may be busy with other things. */
let slowestMs = 0;
const started = performance.now();
for (let round = 1; round <= total; round += 1) {
  const image = images[round % images.length]!;
  image.mutate();
  const start = process.cpuUsage();
  try {
    outcomes[await readEverything(image.file)] += 1;
    if (round % TREE_EVERY === 0) await askEverything(treeOf(round % (2 * TREE_EVERY) === 0, image.file));
  } catch (cause) {
    const kept = `fuzz-failure-${seed}-${round}.erofs`;
    copyFileSync(image.file, kept);
    throw new Error(`seed ${seed}, round ${round}: ${image.file}, kept as ${kept}`, { cause });
  }
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > slowestMs && milliseconds > NOTEWORTHY_MS) {
    console.log(`round ${round} took ${milliseconds.toFixed(0)} ms of the processor`);
  }
  slowestMs = Math.max(slowestMs, milliseconds);
  if (round % 10_000 === 0 || round === total) report(round);
}

function report(round: number): void {
  const perSecond = (round / (performance.now() - started)) * 1000;
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${round}: ${JSON.stringify(outcomes)}, ${perSecond.toFixed(0)}/s, slowest ${slowestMs.toFixed(0)} ms, ${megabytes} MB`,
  );
}

function treeOf(isBase: boolean, broken: string) {
  const layers = (isBase ? [broken, good] : [good, broken]).map((path, position) => ({
    position,
    diffId: `layer ${position}`,
    file: path,
  }));
  return { layers };
}

/** Layers and merged metadata as msb writes them, where it runs. */
async function msbImages(): Promise<string[]> {
  if (!availableMsbVersions().includes('0.6.18')) return [];
  const small = everyEntryKind().filter(
    (entry) => entry.type !== 'file' || typeof entry.content === 'string',
  );
  const upper = [directory('etc'), whiteout('etc/passwd'), opaque('etc'), file('etc/new', 'new')];
  const cache = await makeCache({
    images: [{ references: ['fuzz'], layers: [{ entries: small }, { entries: upper }] }],
  });
  const { diffIds, manifestDigest } = cache.image('fuzz');
  const paths = [...diffIds.map((digest) => ['layers', digest]), ['fsmeta', manifestDigest]];
  return paths.map(([kind, digest], index) => {
    const copy = join(folder, `msb-${index}.erofs`);
    copyFileSync(join(cache.cacheDir, kind!, `${digest!.replace(':', '_')}.erofs`), copy);
    return copy;
  });
}
