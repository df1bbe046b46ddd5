import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainText } from '../ipc/plain-text.ts';

const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.txt$/;
const KEEP = 20;

/**
 * Keeps what is known of a crash as a text file in `dir`, for this person only: nothing is ever sent. The
 * newest twenty stay. Gives the file's path; null when it could not be written, which must not crash anything.
 */
export function keepCrashReport(dir: string, text: string, now = new Date()): string | null {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, `${now.toISOString().replaceAll(/[:.]/g, '-')}.txt`);
    // Two of one moment share a file.
    writeFileSync(file, `${plainText(text)}\n`, { mode: 0o600, flag: 'a' });
    for (const name of readdirSync(dir)
      .filter((one) => NAME.test(one))
      .sort()
      .slice(0, -KEEP)) {
      unlinkSync(join(dir, name));
    }
    return file;
  } catch {
    return null;
  }
}
