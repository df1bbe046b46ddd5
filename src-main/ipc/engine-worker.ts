import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { EngineOptions } from '../engine/index.ts';
import { refuseStart } from './admission.ts';
import type { FromEngine, ToEngine } from './engine-messages.ts';
import { type Log, logToStderr, reportIncident } from './incident.ts';
import { failureLine } from './lines.ts';
import { followOpenedHome } from './opened-home.ts';

/** The engine's worker thread, seen from the main thread. */
export interface EngineWorker {
  /** Adds somebody with call ids of their own: a window's page, the browser host. */
  connect(onMessage: (message: ServerMessage) => void): EngineClient;
  /** Cancels everything, waits (bounded) until an apply under way has stopped where it is safe, ends the thread. */
  close(): Promise<void>;
}

export interface EngineClient {
  /** `input` is JSON text. Answered by lines; what is refused here is answered before this returns. */
  start(id: number, call: string, input: string): void;
  cancel(id: number): void;
  /** Cancels all calls and hears no more of them. */
  disconnect(): void;
}

export interface EngineWorkerOptions {
  readonly engine: EngineOptions;
  readonly workerUrl?: URL;
  readonly log?: Log;
  /** How long `close` waits before it ends the thread where it stands. */
  readonly closeWithinMs?: number;
}

interface Client {
  readonly number: number;
  readonly onMessage: (message: ServerMessage) => void;
  /** Calls the worker has and has not ended. The value says whether it was told to cancel. */
  readonly underWay: Map<number, { isCancelled: boolean }>;
}

/** Longer than msb's own five seconds for a lock, so that a removal waiting for one can stop by itself. */
const CLOSE_WITHIN_MS = 15_000;

/** Answers calls of an engine that has ended, so that nobody waits for one. */
const CLOSED: CacheError = { code: 'internal', incident: 'closed' };

/** Next to this file in source as well as, since chunks lie flat, in the build. */
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? '../engine/worker.ts' : './worker.js',
  import.meta.url,
);

/**
 * Starts the engine in a thread of its own: SQLite is synchronous and may wait seconds for msb's lock, and a
 * window must never stall. A crash ends the calls under way as `internal`; the next call starts a new thread
 * on the home that was open.
 */
export function startEngineWorker(options: EngineWorkerOptions): EngineWorker {
  const { workerUrl = WORKER_URL, log = logToStderr, closeWithinMs = CLOSE_WITHIN_MS } = options;
  const clients = new Map<number, Client>();
  const openedHome = followOpenedHome();
  let nextClient = 1;
  let isClosing = false;
  let current: Worker | null = launch();

  function launch(): Worker {
    const worker = new Worker(workerUrl, { workerData: openedHome.applyTo(options.engine), stderr: true });
    // The thread's own log.
    worker.stderr.on('data', (text: Buffer) => log(text.toString().trimEnd()));
    let failure: unknown;
    worker.on('message', (message: FromEngine) => relay(message));
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', (code) => {
      if (current === worker) current = null;
      if (isClosing && failure === undefined) return endCalls(CLOSED);
      endCalls(reportIncident('the engine', failure ?? new Error(`exited with code ${code}`), log));
    });
    return worker;
  }

  function post(message: ToEngine): void {
    current?.postMessage(message);
  }

  function relay({ client: number, message }: FromEngine): void {
    if (message.isLast) openedHome.sawLastLine(number, message);
    const client = clients.get(number);
    if (client === undefined) return;
    if (message.isLast) client.underWay.delete(message.id);
    client.onMessage(message);
  }

  /** The worker is gone, and with it every call. */
  function endCalls(error: CacheError): void {
    const line = failureLine(error);
    for (const { number, underWay } of [...clients.values()]) {
      for (const id of [...underWay.keys()]) relay({ client: number, message: { id, line, isLast: true } });
    }
  }

  function start(client: Client, id: number, call: string, input: string): void {
    const refusal = isClosing ? CLOSED : refuseStart(client.underWay, { id, call, input });
    if (refusal !== null) {
      client.onMessage({ id, line: failureLine(refusal), isLast: true });
      return;
    }
    client.underWay.set(id, { isCancelled: false });
    openedHome.sawStart(client.number, id, call, input);
    current ??= launch();
    post({ kind: 'start', client: client.number, id, call, input });
  }

  function connect(onMessage: (message: ServerMessage) => void): EngineClient {
    const client: Client = { number: nextClient++, onMessage, underWay: new Map() };
    clients.set(client.number, client);
    return {
      start: (id, call, input) => start(client, id, call, input),
      cancel: (id) => {
        const call = client.underWay.get(id);
        if (call === undefined || call.isCancelled) return;
        call.isCancelled = true;
        post({ kind: 'cancel', client: client.number, id });
      },
      disconnect: () => {
        if (clients.delete(client.number)) post({ kind: 'disconnect', client: client.number });
      },
    };
  }

  async function close(): Promise<void> {
    isClosing = true;
    const worker = current;
    if (worker === null) return;
    const waiting = new AbortController();
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    post({ kind: 'close' });
    await Promise.race([exited, delay(closeWithinMs, undefined, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
    await worker.terminate();
  }

  return { connect, close };
}
