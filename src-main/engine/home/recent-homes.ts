import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readBoundedFile } from '../store/bounded-file.ts';
import { writeAtomically } from '../write-atomically.ts';

/** As many as a menu shows. */
const KEEP = 10;
const MOST_BYTES = 2 ** 20;

const written = z.object({
  version: z.literal(1),
  homes: z.array(z.string().max(4096).refine(path.isAbsolute)).max(100),
});

/**
 * The homes shown last in any window, in `recent-homes.json` of Strata's own folder. A file that is missing or not
 * ours counts as empty; one that cannot be written costs the memory, nothing else.
 */
export class RecentHomes {
  readonly #file: string;

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'recent-homes.json');
  }

  /** The latest first. Read anew each time: another window may have opened one. */
  list(): readonly string[] {
    const read = readBoundedFile(this.#file, MOST_BYTES, { followLinks: true });
    if (read.kind !== 'text') return [];
    const parsed = written.safeParse(parseJson(read.text));
    return parsed.success ? parsed.data.homes.slice(0, KEEP) : [];
  }

  /** Answers the list with this home first. */
  add(home: string): readonly string[] {
    const before = this.list();
    if (before[0] === home) return before;
    return this.#keep([home, ...before.filter((one) => one !== home)].slice(0, KEEP));
  }

  clear(): readonly string[] {
    return this.#keep([]);
  }

  #keep(homes: readonly string[]): readonly string[] {
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      writeAtomically(this.#file, JSON.stringify({ version: 1, homes }));
    } catch {
      // What was opened is open all the same.
    }
    return homes;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
