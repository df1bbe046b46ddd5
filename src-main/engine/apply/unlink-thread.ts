import { unlinkSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** Answers to one list of files: of each that could not be deleted its place in the list and the system's error code. */
export type UnlinkProblems = readonly (readonly [index: number, code: string])[];

// Started by unlinker.ts: deletes lists of files one after the other, until its port is closed.
const port = parentPort;
if (port === null) throw new Error('Files are unlinked by a worker thread, not by this program itself');
port.on('message', (files: readonly string[]) => {
  const problems: [index: number, code: string][] = [];
  for (const [index, file] of files.entries()) {
    try {
      unlinkSync(file);
    } catch (error) {
      problems.push([index, (error as NodeJS.ErrnoException).code ?? 'unknown error']);
    }
  }
  port.postMessage(problems satisfies UnlinkProblems);
});
