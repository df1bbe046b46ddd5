import type { CacheError } from '../src-shared/ipc/cache-error.ts';
import type { CallName, InputOf, ItemOf, ValueOf } from '../src-shared/ipc/contract.ts';
import type { Result } from '../src-shared/ipc/result.ts';
import { Disconnected } from './disconnected.ts';
import { bridgeTransport } from './transport-bridge.ts';
import { httpTransport } from './transport-http.ts';

export interface CallOptions<Name extends CallName> {
  /** Aborting cancels the call in the engine. */
  readonly signal?: AbortSignal | undefined;
  readonly onItem?: ((item: ItemOf<Name>) => void) | undefined;
  /** Called once the other side has taken the call, before any item. */
  readonly onStart?: (() => void) | undefined;
}

/** All the renderer knows of the engine. */
export interface Client {
  /**
   * Never rejects but for one case: aborted, and the answer of the stopped call could not be had. It rejects with
   * the signal's reason then. A failure on the way to the engine is `disconnected`, an answer that is none `internal`.
   */
  call<Name extends CallName>(
    name: Name,
    input: InputOf<Name>,
    options?: CallOptions<Name>,
  ): Promise<Result<ValueOf<Name>>>;
}

/** What carries calls: hands each line of the answer to `onLine`, resolves after the last, rejects when cut off. */
export type Transport = (
  call: string,
  input: unknown,
  listener: { readonly onStart: () => void; readonly onLine: (line: string) => void },
  signal: AbortSignal | undefined,
) => Promise<void>;

/** The client of the host this page runs in: the preload bridge under Electron, HTTP to its own origin elsewhere. */
export function connect(): Client {
  const bridge = window.strata;
  return createClient(bridge === undefined ? httpTransport() : bridgeTransport(bridge));
}

export function createClient(transport: Transport): Client {
  return {
    async call(name, input, { signal, onItem, onStart } = {}) {
      signal?.throwIfAborted();
      let result: Result<unknown> | null = null;
      try {
        const onLine = (line: string) => {
          const message = JSON.parse(line) as AnswerLine;
          if ('item' in message) onItem?.(message.item as never);
          else result = message;
        };
        await transport(name, input, { onStart: () => onStart?.(), onLine }, signal);
      } catch (cause) {
        if (signal?.aborted === true && result === null) throw signal.reason;
        result ??= { ok: false, error: transportError(cause) };
      }
      return (result ?? { ok: false, error: ENDED_EARLY }) as Result<never>;
    },
  };
}

/** A failed call as an exception, for code that speaks in exceptions: React Query. */
export class CallFailure extends Error {
  readonly error: CacheError;
  constructor(error: CacheError) {
    super(error.code);
    this.name = 'CallFailure';
    this.error = error;
  }
}

/** The value of a result; throws its error as a `CallFailure`. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new CallFailure(result.error);
}

type AnswerLine = { readonly item: unknown } | Result<unknown>;

const ENDED_EARLY: CacheError = { code: 'disconnected', detail: 'The answer ended early.' };

function transportError(cause: unknown): CacheError {
  if (cause instanceof Disconnected) return { code: 'disconnected', detail: cause.message };
  return { code: 'internal', incident: cause instanceof Error ? cause.message : String(cause) };
}
