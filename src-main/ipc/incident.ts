import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { plainText } from './plain-text.ts';

/** Takes one entry of the main log, which only the person at this machine reads. */
export type Log = (text: string) => void;

/** Writes a defect to the log under a fresh number; the client is told that number and nothing else. */
export function reportIncident(where: string, error: unknown, log: Log): CacheError {
  const incident = randomBytes(8).toString('hex');
  log(plainText(`incident ${incident} in ${where}: ${inspect(error)}`));
  return { code: 'internal', incident };
}

export function logToStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}
