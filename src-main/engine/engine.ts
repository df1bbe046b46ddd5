import type { Handlers } from '../../src-shared/ipc/contract.ts';
import { createHandlers } from './handlers.ts';
import { Session } from './session.ts';

/** Everything the engine needs from outside. Nothing is read from globals. */
export interface EngineOptions {
  /** `--home`, absolute; null to go by `env` and `userHome`. */
  readonly homeOption: string | null;
  /** Opens a copy of the sample cache instead of a home. */
  readonly startWithSample: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home directory, absolute. */
  readonly userHome: string;
  /** The packed sample cache. */
  readonly sampleArchive: string;
  /** Where sample copies go. */
  readonly scratchDir: string;
  /** Strata's own data folder. */
  readonly dataDir: string;
  /** How old a file that no row knows must be to count as abandoned, in milliseconds; 10 minutes by default. */
  readonly graceMs?: number;
}

export interface Engine {
  readonly handlers: Handlers;
  close(): void;
}

const DEFAULT_GRACE_MS = 10 * 60_000;

export function createEngine(options: EngineOptions): Engine {
  const session = new Session({ ...options, graceMs: options.graceMs ?? DEFAULT_GRACE_MS });
  return { handlers: createHandlers(session), close: () => session.close() };
}
