import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LargeCacheRecipe, makeLargeCache } from '../test-support/large-cache.ts';
import { scratchDir } from '../test-support/scratch.ts';

/** How long after its making a file counts as new to the engine; nobody's cache was made a moment ago. */
const SETTLING_MS = 2500;

const templates = new Map<string, Promise<Template>>();

interface Template {
  readonly home: string;
  readonly references: readonly string[];
}

/** A cache nobody may change; made once a run. */
export function templateCache(images: number, files: LargeCacheRecipe['files']): Promise<Template> {
  const key = `${images} ${files}`;
  let made = templates.get(key);
  if (made === undefined) {
    made = makeTemplate(images, files);
    templates.set(key, made);
  }
  return made;
}

async function makeTemplate(images: number, files: LargeCacheRecipe['files']): Promise<Template> {
  const cache = await makeLargeCache(files === undefined ? { images } : { images, files });
  await pause(SETTLING_MS);
  return { home: cache.home, references: cache.images.map(({ reference }) => reference) };
}

/** Hands a copy of the template to the work, and takes it away. */
export async function withCopy<T>(template: Template, work: (home: string) => Promise<T>): Promise<T> {
  const home = join(scratchDir('bench'), 'home');
  copyTree(template.home, home);
  await pause(SETTLING_MS);
  try {
    return await work(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function copyTree(from: string, to: string): void {
  if (process.platform === 'win32') {
    mkdirSync(to, { recursive: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
    return;
  }
  execFileSync('cp', ['-a', from, to]);
  // What the copy still has to write would be measured with whatever comes next.
  execFileSync('sync');
}
