import { type MessagePort, workerData } from 'node:worker_threads';
import { lookThroughFolders } from './folder-looks.ts';

/** What the thread is started with. */
export interface LookThreadData {
  /** The cache directory, links resolved. */
  readonly root: string;
  /** Gets `FolderLooks` one after the other, then null. */
  readonly port: MessagePort;
  /** Its number grows with every message; whoever waits for that is woken. */
  readonly signal: Int32Array<SharedArrayBuffer>;
}

// Started by looks-ahead.ts: looks at all files of a cache while the thread that asked reads rows.
const { root, port, signal } = workerData as LookThreadData;
for (const looks of lookThroughFolders(root)) {
  port.postMessage(looks, [looks.fields.buffer, looks.verdicts.buffer]);
  wake();
}
port.postMessage(null);
wake();

function wake(): void {
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}
