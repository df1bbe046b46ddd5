import type { Handlers } from '../../src-shared/ipc/contract.ts';
import { createHandlers } from './handlers.ts';
import { Session } from './session.ts';
import { expireUndo } from './undo/expire.ts';

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
  /** How old a file that no row knows must be to count as abandoned, in milliseconds; as the settings say by default. */
  readonly graceMs?: number;
}

export interface Engine {
  readonly handlers: Handlers;
  close(): void;
}

/** How often it is looked whether what can be undone has had its time. */
const EXPIRY_INTERVAL_MS = 30_000;

export function createEngine(options: EngineOptions): Engine {
  const session = new Session(options);
  const expiry = setInterval(() => void expireUndo(session, Date.now()), EXPIRY_INTERVAL_MS);
  expiry.unref();
  return {
    handlers: createHandlers(session),
    close: () => {
      clearInterval(expiry);
      session.close();
    },
  };
}
