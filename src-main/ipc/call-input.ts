import { type Call, type CallName, contract } from '../../src-shared/ipc/contract.ts';
import type { Result } from '../../src-shared/ipc/result.ts';
import { MAX_CALL_NAME_LENGTH } from './call-limits.ts';
import { describeIssues, findOversized, invalidInput } from './input-issues.ts';

/** Whether the contract has a call of this name; names come from outside. */
export function isCallName(name: string): name is CallName {
  return name.length <= MAX_CALL_NAME_LENGTH && Object.hasOwn(contract, name);
}

/** The input of a call, from JSON text to what its handler takes. */
export function parseInput(name: CallName, text: string): Result<unknown> {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return { ok: false, error: invalidInput('is not JSON') };
  }
  const oversized = findOversized(input);
  if (oversized !== null) return { ok: false, error: oversized };
  const schema = (contract[name] as Call<unknown, unknown>).input;
  const parsed = schema.safeParse(input);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, error: describeIssues(parsed.error.issues) };
}
