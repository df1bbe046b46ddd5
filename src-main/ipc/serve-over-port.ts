import type { MessagePort } from 'node:worker_threads';
import type { Handlers } from '../../src-shared/ipc/contract.ts';
import type { FromEngine, ToEngine } from './engine-messages.ts';
import { logToStderr } from './incident.ts';
import { serveContract } from './serve-contract.ts';

export interface ServedEngine {
  readonly handlers: Handlers;
  close(): Promise<void> | void;
}

/** Serves an engine to the main thread until that asks to close; then ends the engine and lets the thread exit. */
export function serveOverPort(port: MessagePort, engine: ServedEngine): void {
  const server = serveContract({
    handlers: engine.handlers,
    send: (client, message) => port.postMessage({ client, message } satisfies FromEngine),
    log: logToStderr,
  });

  async function close(): Promise<void> {
    await server.close();
    await engine.close();
    port.close();
  }

  port.on('message', (message: ToEngine) => {
    switch (message.kind) {
      case 'start':
        return server.start(message.client, message.id, message.call, message.input);
      case 'cancel':
        return server.cancel(message.client, message.id);
      case 'disconnect':
        return server.disconnect(message.client);
      case 'close':
        // A failure ends the thread as an uncaught error, which the main thread logs.
        return void close();
    }
  });
}
