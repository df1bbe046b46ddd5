import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import type { CallName, Handlers, ServerMessage } from '../../src-shared/ipc/contract.ts';
import { CacheFailure } from '../engine/failure.ts';
import { refuseStart } from './admission.ts';
import { parseInput } from './call-input.ts';
import { MAX_RUNNING_PER_CLIENT } from './call-limits.ts';
import { type Log, reportIncident } from './incident.ts';
import { failureLine, itemLine, valueLine } from './lines.ts';

export interface ContractServerOptions {
  readonly handlers: Handlers;
  /** Takes the lines of calls. `client` tells apart whoever counts call ids from the start, such as windows. */
  readonly send: (client: number, message: ServerMessage) => void;
  readonly log: Log;
}

export interface ContractServer {
  /** `input` is JSON text. Every start ends in exactly one last line, unless the client disconnects before. */
  start(client: number, id: number, call: string, input: string): void;
  /** Asks a call to stop; it still ends with a last line of its own. Ids not under way are ignored. */
  cancel(client: number, id: number): void;
  /** Cancels all calls of a client that no longer listens. Its number is not used again. */
  disconnect(client: number): void;
  /** Cancels everything; resolves when the last handler has returned. */
  close(): Promise<void>;
}

interface Client {
  readonly number: number;
  readonly calls: Map<number, CallUnderWay>;
  running: number;
  isConnected: boolean;
}

interface CallUnderWay {
  readonly client: Client;
  readonly id: number;
  readonly name: CallName;
  readonly input: string;
  readonly abort: AbortController;
}

/** Answers a cancelled call that has no more to say. Not a defect, so the log has nothing of it. */
const CANCELLED: CacheError = { code: 'internal', incident: 'cancelled' };

/** Rows only: answered in milliseconds, and what a person sees first. */
const QUICK_READS: ReadonlySet<CallName> = new Set<CallName>(['home.get', 'images.list']);
/** They change nothing, and may take a second where there are ten thousand images. */
const LONG_READS: ReadonlySet<CallName> = new Set<CallName>([
  'activity.list',
  'activity.usage',
  'cache.plan',
  'cache.usage',
  'cache.usageDetail',
  'images.compare',
  'images.facts',
  'images.impact',
  'images.inspect',
  'layers.list',
  'undo.list',
]);

/**
 * Whose turn it is, -1 for nobody's: the first that may run, save that a quick read need not wait for long ones. Never
 * past a call that may change what it reads.
 */
function nextOf(waiting: readonly CallUnderWay[]): number {
  const mayRun = ({ client }: CallUnderWay) => client.running < MAX_RUNNING_PER_CLIENT;
  const first = waiting.findIndex(mayRun);
  for (let index = first; index >= 0 && index < waiting.length; index += 1) {
    const call = waiting[index]!;
    if (QUICK_READS.has(call.name) && mayRun(call)) return index;
    if (!LONG_READS.has(call.name)) return first;
  }
  return first;
}

/**
 * The one place that turns calls into lines, whichever host they came through: looks the name up, checks the
 * input, runs the handler, and answers `CacheFailure` as data and everything else as `internal`.
 */
export function serveContract({ handlers, send, log }: ContractServerOptions): ContractServer {
  const clients = new Map<number, Client>();
  const waiting: CallUnderWay[] = [];
  const running = new Set<Promise<void>>();
  let isScheduled = false;

  function start(number: number, id: number, name: string, input: string): void {
    const client = clients.get(number) ?? { number, calls: new Map(), running: 0, isConnected: true };
    const refusal = refuseStart(client.calls, { id, call: name, input });
    if (refusal !== null) {
      send(number, { id, line: failureLine(refusal), isLast: true });
      return;
    }
    clients.set(number, client);
    const call = { client, id, name: name as CallName, input, abort: new AbortController() };
    client.calls.set(id, call);
    waiting.push(call);
    schedule();
  }

  /**
   * Begins one handler per turn of the event loop: handlers may be synchronous, and between two of them the
   * cancels that arrived meanwhile are seen, so a call cancelled while it waited never runs.
   */
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      const index = nextOf(waiting);
      const call = waiting.splice(index, index < 0 ? 0 : 1)[0];
      if (call === undefined) return;
      const done = run(call).finally(() => running.delete(done));
      running.add(done);
      schedule();
    });
  }

  async function run(call: CallUnderWay): Promise<void> {
    call.client.running += 1;
    const line = await answer(call);
    call.client.running -= 1;
    finish(call, line);
    schedule();
  }

  async function answer(call: CallUnderWay): Promise<string> {
    const { name, input, abort } = call;
    try {
      const checked = parseInput(name, input);
      if (!checked.ok) return failureLine(checked.error);
      const handler = handlers[name] as (input: unknown, context: unknown) => unknown;
      const emit = (item: unknown): void => sendItem(call, item);
      return valueLine(await handler(checked.value, { signal: abort.signal, emit }));
    } catch (error) {
      if (error instanceof CacheFailure) return failureLine(error.error);
      if (isAbort(error, abort.signal)) return failureLine(CANCELLED);
      return failureLine(reportIncident(name, error, log));
    }
  }

  /** Items end with the call, also for a handler that still emits after it was cancelled or has returned. */
  function sendItem({ client, id, abort }: CallUnderWay, item: unknown): void {
    if (abort.signal.aborted || client.calls.get(id)?.abort !== abort) return;
    send(client.number, { id, line: itemLine(item), isLast: false });
  }

  function finish({ client, id }: CallUnderWay, line: string): void {
    client.calls.delete(id);
    if (!client.isConnected) return;
    if (client.calls.size === 0) clients.delete(client.number);
    send(client.number, { id, line, isLast: true });
  }

  function cancelCall(call: CallUnderWay): void {
    call.abort.abort();
    const index = waiting.indexOf(call);
    if (index < 0) return;
    waiting.splice(index, 1);
    finish(call, failureLine(CANCELLED));
  }

  function cancelAll(client: Client): void {
    for (const call of [...client.calls.values()]) cancelCall(call);
  }

  return {
    start,
    cancel: (number, id) => {
      const call = clients.get(number)?.calls.get(id);
      if (call !== undefined) cancelCall(call);
    },
    disconnect: (number) => {
      const client = clients.get(number);
      if (client === undefined) return;
      client.isConnected = false;
      clients.delete(number);
      cancelAll(client);
    },
    close: async () => {
      for (const client of [...clients.values()]) cancelAll(client);
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
