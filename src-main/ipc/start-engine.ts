import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';
import { type EngineWorker, startEngineWorker } from './engine-worker.ts';
import { type Log, logToStderr } from './incident.ts';
import { SAMPLE_ARCHIVE } from './program-files.ts';

export interface Launch {
  /** Absolute; null to go by the environment. */
  readonly home: string | null;
  readonly sample: boolean;
}

/**
 * An engine of this machine and this person, with a scratch folder that goes when the engine closes. The
 * folder is made here, with a name nobody can guess and for its owner only: others write to the same place.
 */
export function startEngine({ home, sample }: Launch, log: Log = logToStderr): EngineWorker {
  const scratchDir = mkdtempSync(join(tmpdir(), 'strata-'));
  const engine = startEngineWorker({
    log,
    engine: {
      homeOption: home,
      startWithSample: sample,
      env: { ...process.env },
      userHome: homedir(),
      sampleArchive: SAMPLE_ARCHIVE,
      scratchDir,
      dataDir: strataFolder(),
    },
  });
  return {
    connect: engine.connect,
    close: async () => {
      await engine.close();
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
}

/** Strata's own folder for this person on this machine. */
export function strataFolder(): string {
  return dataFolder({ platform: process.platform, env: process.env, userHome: homedir() });
}
