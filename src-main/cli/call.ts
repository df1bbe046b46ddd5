import type { CallName, Handlers, InputOf, ValueOf } from '../../src-shared/ipc/contract.ts';
import { CacheFailure } from '../engine/index.ts';
import { parseInput } from '../ipc/call-input.ts';

/** Makes one call of the contract and answers its value. */
export type Call = <Name extends CallName>(name: Name, input: InputOf<Name>) => Promise<ValueOf<Name>>;

/**
 * Calls straight into an engine of this process: a command has nothing to keep responsive meanwhile. Inputs pass
 * the same schemas as those of a window. Aborting `signal` stops a removal where it is safe.
 *
 * @throws CacheFailure
 */
export function callerOf(handlers: Handlers, signal: AbortSignal): Call {
  return async (name, input) => {
    const parsed = parseInput(name, JSON.stringify(input));
    if (!parsed.ok) throw new CacheFailure(parsed.error);
    const handler = handlers[name] as (input: unknown, context: unknown) => unknown;
    return (await handler(parsed.value, { signal, emit: () => {} })) as ValueOf<typeof name>;
  };
}
