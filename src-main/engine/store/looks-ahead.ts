import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { threadUrl } from '../thread-url.ts';
import type { FolderLooks } from './folder-looks.ts';
import { readKernelLocks } from './kernel-locks.ts';
import type { LookThreadData } from './look-thread.ts';
import { FOLDERS, type Folder } from './names.ts';

/** Silence for so long means that there is no thread, or not any more. */
const PATIENCE_MS = 2000;

/**
 * A look at all files of a cache that a thread of its own has begun. Asking for a folder waits, without giving this
 * thread to others, until a part of it has been looked through; from a thread that failed nothing comes, and whoever asks
 * looks for itself.
 */
export class LooksAhead {
  readonly startMs = Date.now();
  readonly #port: MessagePort;
  readonly #signal: Int32Array<SharedArrayBuffer>;
  readonly #worker: Worker;
  /** Came before somebody asked for it. */
  #next: FolderLooks | null = null;
  #isOver = false;

  /** The kernel's locks from before the first look. */
  readonly locks = readKernelLocks();

  /** @param root The cache directory, links resolved. */
  constructor(root: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#signal = new Int32Array(new SharedArrayBuffer(4));
    const data: LookThreadData = { root, port: port2, signal: this.#signal };
    this.#worker = new Worker(threadUrl(import.meta.url, 'look-thread'), {
      workerData: data,
      transferList: [port2],
    });
    // Told by the silence of the port; unheard it would end the program.
    this.#worker.on('error', () => {});
    this.#worker.unref();
  }

  /**
   * The next part of the folder; null when there is none, be it that all have come or that the thread left the folder out
   * or failed. Folders are to be asked for in their order.
   */
  take(folder: Folder): FolderLooks | null {
    const place = FOLDERS.indexOf(folder);
    while (true) {
      this.#next ??= this.#receive();
      if (this.#next === null || FOLDERS.indexOf(this.#next.folder) > place) return null;
      const looks = this.#next;
      this.#next = null;
      if (looks.folder === folder) return looks;
    }
  }

  close(): void {
    this.#isOver = true;
    this.#port.close();
    void this.#worker.terminate();
  }

  #receive(): FolderLooks | null {
    while (!this.#isOver) {
      const seen = Atomics.load(this.#signal, 0);
      const received = receiveMessageOnPort(this.#port) as { message: FolderLooks | null } | undefined;
      if (received === undefined) {
        this.#isOver = Atomics.wait(this.#signal, 0, seen, PATIENCE_MS) === 'timed-out';
        continue;
      }
      this.#isOver = received.message === null;
      return received.message;
    }
    return null;
  }
}
