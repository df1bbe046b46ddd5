import { unlink } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { threadUrl } from '../thread-url.ts';
import type { UnlinkProblems } from './unlink-thread.ts';

/** Deletes lists of files without keeping this thread busy. */
export interface Unlinker {
  /** By index, why a file could not be deleted: the system's error code. Never rejects. */
  unlink(files: readonly string[]): Promise<ReadonlyMap<number, string>>;
  close(): void;
}

/**
 * For about so many files: from a few thousand on a thread of its own is worth its start. Handing each file to the
 * thread pool instead costs this thread as much as renaming it does.
 */
export function createUnlinker(files: number): Unlinker {
  return files < WORTH_A_THREAD ? POOL : new UnlinkThread();
}

const WORTH_A_THREAD = 2048;

const POOL: Unlinker = {
  unlink: (files) => unlinkInPool(files, false),
  close: () => {},
};

interface Waiting {
  readonly files: readonly string[];
  readonly resolve: (problems: ReadonlyMap<number, string>) => void;
}

class UnlinkThread implements Unlinker {
  readonly #waiting: Waiting[] = [];
  #worker: Worker | null = new Worker(threadUrl(import.meta.url, 'unlink-thread'));

  constructor() {
    this.#worker!.on('message', (problems: UnlinkProblems) =>
      this.#waiting.shift()?.resolve(new Map(problems)),
    );
    this.#worker!.on('error', () => this.#fail());
    this.#worker!.on('exit', () => this.#fail());
  }

  unlink(files: readonly string[]): Promise<ReadonlyMap<number, string>> {
    const { promise, resolve } = Promise.withResolvers<ReadonlyMap<number, string>>();
    if (this.#worker === null) return unlinkInPool(files, true);
    this.#waiting.push({ files, resolve });
    this.#worker.postMessage(files);
    return promise;
  }

  close(): void {
    void this.#worker?.terminate();
    this.#worker = null;
  }

  /** Whether a system without room for a thread, or one that ended it: the pool does what is left. */
  #fail(): void {
    this.#worker = null;
    for (const { files, resolve } of this.#waiting.splice(0)) void unlinkInPool(files, true).then(resolve);
  }
}

/** @param mayBeGone True after a thread has died over the list: what is gone by now it has deleted. */
async function unlinkInPool(
  files: readonly string[],
  mayBeGone: boolean,
): Promise<ReadonlyMap<number, string>> {
  const problems = new Map<number, string>();
  const each = files.map((file, index) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Half the cost of the promise `node:fs/promises` makes.
    unlink(file, (error) => {
      if (error !== null && !(mayBeGone && error.code === 'ENOENT'))
        problems.set(index, error.code ?? 'unknown error');
      resolve();
    });
    return promise;
  });
  await Promise.all(each);
  return problems;
}
