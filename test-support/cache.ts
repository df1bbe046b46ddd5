import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ImageSpec, writeDockerArchive, writeOciArchive } from './archive.ts';
import { type CachedImage, cachedImages, databaseFile, sha256 } from './database.ts';
import { type MsbOptions, type MsbResult, type MsbVersion, runMsb } from './msb.ts';
import { runFolder, scratchDir } from './scratch.ts';

export interface CacheRecipe {
  /** 0.6.18 unless said otherwise. */
  readonly version?: MsbVersion;
  /** Loaded as one archive. */
  readonly images?: readonly ImageSpec[];
  /** Loaded after `images`, one archive each: a tag that comes again moves. */
  readonly followedBy?: readonly (readonly ImageSpec[])[];
  /** What the archives are; `docker` unless said otherwise. */
  readonly format?: 'docker' | 'oci';
}

/** A home directory the real msb has filled, for one test alone. */
export interface TestCache {
  readonly version: MsbVersion;
  /** Absolute, without symbolic links. */
  readonly home: string;
  readonly cacheDir: string;
  readonly databaseFile: string;
  /** What was in it when this object was made, in the order of the rows. */
  readonly images: readonly CachedImage[];
  /** One of `images` by its reference. @throws Error when there is none of that name. */
  image(reference: string): CachedImage;
  /** Runs the msb that made the cache on it. */
  msb(args: readonly string[], options?: MsbOptions): Promise<MsbResult>;
  /** Loads more images into it, with the real msb. */
  load(images: readonly ImageSpec[]): Promise<void>;
  dispose(): void;
}

/**
 * A fresh home with the images of the recipe, loaded by the real msb. Each distinct recipe is loaded once per
 * run; every call gets its own copy, whose VMDK files name the copy (msb writes absolute paths into them).
 * Without images: what `msb image ls` leaves in an empty directory, a database and no cache folder.
 */
export async function makeCache(recipe: CacheRecipe = {}): Promise<TestCache> {
  const version = recipe.version ?? '0.6.18';
  const template = await templateOf(recipe, version);
  const home = join(scratchDir('cache'), 'home');
  copyHome(template, home);
  return openTestCache(home, version);
}

/** Copies a home nobody has open, and points its VMDK files at the copy. */
function copyHome(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, filter: (path) => !path.endsWith('-shm') });
  const folder = join(to, 'cache', 'vmdk');
  if (!existsSync(folder)) return;
  const prefix = `"${realpathSync(to)}/cache/`;
  for (const name of readdirSync(folder).filter((candidate) => candidate.endsWith('.vmdk'))) {
    const file = join(folder, name);
    const { atime, mtime } = statSync(file);
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace(/"[^"]*\/cache\/(layers|fsmeta)\//g, (_, kind: string) => `${prefix}${kind}/`),
    );
    utimesSync(file, atime, mtime);
  }
}

/**
 * The helpers of `TestCache` for a home that came from elsewhere, for example the sample. Its images are read
 * from the database unless given.
 */
export function openTestCache(
  home: string,
  version: MsbVersion = '0.6.18',
  images: readonly CachedImage[] = cachedImages(home),
): TestCache {
  const real = realpathSync(home);
  return {
    version,
    home: real,
    cacheDir: join(real, 'cache'),
    databaseFile: databaseFile(real),
    images,
    image: (reference) => {
      const found = images.find((candidate) => candidate.reference === reference);
      if (found === undefined) throw new Error(`the cache had no ${reference}`);
      return found;
    },
    msb: (args, options) => runMsb(real, args, { version, ...options }),
    load: (more) => loadImages(real, more, { version }),
    dispose: () => rmSync(real, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Writes the images as an archive and loads it with the real msb. */
export async function loadImages(
  home: string,
  images: readonly ImageSpec[],
  { version, format = 'docker' }: { version: MsbVersion; format?: 'docker' | 'oci' },
): Promise<void> {
  const archive = writeArchive(images, format);
  try {
    await runMsb(home, ['load', '--quiet', '--input', archive.file], { version });
  } finally {
    rmSync(archive.folder, { recursive: true });
  }
}

interface WrittenArchive {
  readonly folder: string;
  readonly file: string;
  /** Says all that decides what msb makes of it. */
  readonly identity: string;
}

function writeArchive(images: readonly ImageSpec[], format: 'docker' | 'oci'): WrittenArchive {
  const folder = scratchDir('archive');
  const file = join(folder, 'images.tar');
  const write = format === 'docker' ? writeDockerArchive : writeOciArchive;
  return { folder, file, identity: JSON.stringify([format, write(file, images)]) };
}

/** The home to copy from: made once, then shared by all threads of this run. */
async function templateOf(recipe: CacheRecipe, version: MsbVersion): Promise<string> {
  const loads = [...(recipe.images === undefined ? [] : [recipe.images]), ...(recipe.followedBy ?? [])];
  const archives = loads.map((images) => writeArchive(images, recipe.format ?? 'docker'));
  try {
    const key = sha256(JSON.stringify([version, archives.map(({ identity }) => identity)])).slice(0, 24);
    const template = join(runFolder(), 'templates', key);
    if (!existsSync(template)) await buildTemplate(template, archives, version);
    return join(template, 'home');
  } finally {
    for (const { folder } of archives) rmSync(folder, { recursive: true });
  }
}

async function buildTemplate(
  template: string,
  archives: readonly WrittenArchive[],
  version: MsbVersion,
): Promise<void> {
  const building = scratchDir('template');
  const home = join(building, 'home');
  mkdirSync(home);
  await runMsb(home, ['image', 'ls'], { version });
  for (const { file } of archives) await runMsb(home, ['load', '--quiet', '--input', file], { version });
  mkdirSync(join(template, '..'), { recursive: true });
  try {
    renameSync(building, template);
  } catch (error) {
    // Another thread was first with the same recipe.
    if (!existsSync(template)) throw error;
    rmSync(building, { recursive: true });
  }
}
