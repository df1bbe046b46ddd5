import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { z } from 'zod';
import { type Log, reportIncident } from '../ipc/incident.ts';

/** As many as a menu shows. */
const KEEP = 10;

const recentHomes = z.object({
  version: z.literal(1),
  homes: z.array(z.string().max(4096).refine(isAbsolute)).max(100),
});

/** The homes shown last in any window, the latest first; kept in a file. */
export interface RecentHomes {
  readonly list: readonly string[];
  add(home: string): void;
  clear(): void;
}

/** A file that is missing or not ours counts as empty; one that cannot be written costs the memory, nothing else. */
export function openRecentHomes(file: string, log: Log): RecentHomes {
  let homes = read(file);

  function keep(next: readonly string[]): void {
    homes = next;
    const written = `${file}.${process.pid}.new`;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(written, JSON.stringify({ version: 1, homes }), { mode: 0o600 });
      renameSync(written, file);
    } catch (error) {
      reportIncident('the recent caches', error, log);
    }
  }

  return {
    get list() {
      return homes;
    },
    add: (home) => {
      if (homes[0] !== home) keep([home, ...homes.filter((one) => one !== home)].slice(0, KEEP));
    },
    clear: () => keep([]),
  };
}

function read(file: string): readonly string[] {
  try {
    const parsed = recentHomes.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data.homes.slice(0, KEEP) : [];
  } catch {
    return [];
  }
}
