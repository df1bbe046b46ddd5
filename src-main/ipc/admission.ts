import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { isCallName } from './call-input.ts';
import { MAX_CALLS_PER_CLIENT, MAX_INPUT_LENGTH } from './call-limits.ts';
import { invalidInput } from './input-issues.ts';

/**
 * Why a client with these calls under way may not start one more; null when it may. Asked on both sides of
 * the worker's port: its queue is not bounded, and the worker does not look at it while SQLite waits for a lock.
 */
export function refuseStart(
  underWay: { readonly size: number; has(id: number): boolean },
  { id, call, input }: { readonly id: number; readonly call: string; readonly input: string },
): CacheError | null {
  if (!isCallName(call)) return invalidInput('no such call');
  if (input.length > MAX_INPUT_LENGTH) return invalidInput('is too long');
  if (underWay.has(id)) return invalidInput('a call with this id is under way');
  if (underWay.size >= MAX_CALLS_PER_CLIENT) return invalidInput('too many calls are under way');
  return null;
}
