import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_INPUT_LENGTH } from '../ipc/call-limits.ts';
import type { EngineWorker } from '../ipc/engine-worker.ts';
import type { Asset, Assets } from '../ipc/renderer-assets.ts';
import { SECURITY_HEADERS } from '../ipc/security-headers.ts';
import { readJsonBody } from './body.ts';
import { admit } from './gate.ts';
import { LINES_TYPE, type Refusal, refusalBody } from './refusal.ts';
import { createCallServer } from './serve-call.ts';
import { createTokenCheck } from './token.ts';

export interface HostOptions {
  readonly engine: EngineWorker;
  readonly assets: Assets;
  readonly token: string;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly timeouts?: HostTimeouts;
}

/** In milliseconds. */
interface HostTimeouts {
  /** For the first line and the headers, from the moment of connecting. */
  readonly headersMs: number;
  /** For the whole request. */
  readonly requestMs: number;
  /** How often the two are looked at. */
  readonly checkEveryMs: number;
}

export interface Host {
  readonly port: number;
  /** Ends every connection and frees the port. The engine is the caller's. */
  close(): Promise<void>;
}

const TIMEOUTS: HostTimeouts = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 2_000 };
const MAX_CONNECTIONS = 256;
const MAX_HEADER_BYTES = 16 * 1024;
const LOOPBACK = '127.0.0.1';

/**
 * Serves the interface and the contract to browsers on this machine: `GET` for the files of the interface,
 * `POST /ipc/<call>` with the token for calls, nothing else.
 *
 * @throws the system's error when the port cannot be had.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { headersMs, requestMs, checkEveryMs } = options.timeouts ?? TIMEOUTS;
  const gate = { assets: options.assets, isAuthorized: createTokenCheck(options.token) };
  const serveCall = createCallServer(options.engine);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const admission = admit(request, portOf(server), gate);
    if (admission.kind === 'refused') return refuse(response, admission.refusal);
    if (admission.kind === 'asset') return sendAsset(request, response, admission.asset);
    const body = await readJsonBody(request, MAX_INPUT_LENGTH);
    switch (body.kind) {
      case 'cut-off':
        return;
      case 'too-large':
        return refuse(response, { status: 413, message: `An input has at most ${MAX_INPUT_LENGTH} bytes` });
      case 'malformed':
        return refuse(response, { status: 400, message: 'is not JSON' });
      case 'json':
        return serveCall(admission.call, body.text, response);
    }
  }

  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkEveryMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => void handle(request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('upgrade', (_request, socket) => {
    refuseSocket(socket, { status: 403, message: 'There are no web sockets here' });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseSocket(socket, refusalOf(error)));
  await listen(server, options.port);
  return { port: portOf(server), close: () => close(server) };
}

function sendAsset({ method }: IncomingMessage, response: ServerResponse, { type, bytes }: Asset): void {
  response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
}

/** Closes the connection: the rest of a refused request is of no interest. */
function refuse(response: ServerResponse, refusal: Refusal): void {
  const headers = {
    ...SECURITY_HEADERS,
    ...refusal.headers,
    Connection: 'close',
    'Content-Type': LINES_TYPE,
  };
  response.writeHead(refusal.status, headers);
  response.end(refusalBody(refusal));
}

/** The same on a connection that never became a request. */
function refuseSocket(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = refusalBody(refusal);
  const headers = { ...SECURITY_HEADERS, Connection: 'close', 'Content-Type': LINES_TYPE };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}

function refusalOf({ code }: NodeJS.ErrnoException): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, message: 'The headers are too long' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, message: 'The request took too long' };
  return { status: 400, message: 'This is not HTTP' };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
