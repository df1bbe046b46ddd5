import type { ServerResponse } from 'node:http';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { EngineWorker } from '../ipc/engine-worker.ts';
import { SECURITY_HEADERS } from '../ipc/security-headers.ts';
import { LINES_TYPE } from './refusal.ts';

/** Bytes of an answer that may wait for a client that does not read; the call is cut off beyond. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

export type ServeCall = (call: string, input: string, response: ServerResponse) => void;

/** Answers calls with their lines as they come. A client that closes the connection cancels its call. */
export function createCallServer(engine: EngineWorker): ServeCall {
  const underWay = new Map<number, (message: ServerMessage) => void>();
  const client = engine.connect((message) => underWay.get(message.id)?.(message));
  let nextId = 1;

  return (call, input, response) => {
    if (response.closed) return;
    const id = nextId++;
    response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': LINES_TYPE });
    response.flushHeaders();
    response.on('close', () => {
      underWay.delete(id);
      client.cancel(id);
    });
    underWay.set(id, ({ line, isLast }) => {
      response.write(`${line}\n`);
      if (isLast) response.end();
      else if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    });
    client.start(id, call, input);
  };
}
