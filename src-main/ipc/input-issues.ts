import type { core } from 'zod';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';

export type InvalidInput = Extract<CacheError, { code: 'invalid-input' }>;

/** Issues named in one answer. */
const MAX_ISSUES = 8;
/** UTF-16 units of a path or a message. */
const MAX_TEXT = 200;
/** Longest array and largest object that are looked at: the contract's own lists end at 100,000. */
const MAX_ELEMENTS = 100_000;
const MAX_KEYS = 64;
/** The contract nests three levels. */
const MAX_DEPTH = 8;

/** What zod found, cut to a size that is safe to send and to show. */
export function describeIssues(issues: readonly core.$ZodIssue[]): InvalidInput {
  const flat = issues.flatMap((issue) => narrowUnion(issue, []));
  return {
    code: 'invalid-input',
    issues: flat.slice(0, MAX_ISSUES).map(({ path, message }) => ({
      path: cut(path.map(String).join('.')),
      message: cut(message),
    })),
  };
}

/** One problem with the input as a whole. */
export function invalidInput(message: string): InvalidInput {
  return { code: 'invalid-input', issues: [{ path: '', message }] };
}

/**
 * Refuses inputs whose sheer element count would make validation expensive: zod describes every wrong
 * element of an array before it looks at the array's length. Null when the input may be validated.
 */
export function findOversized(input: unknown, depth = 0): InvalidInput | null {
  if (typeof input !== 'object' || input === null) return null;
  if (depth > MAX_DEPTH) return invalidInput('is nested too deeply');
  if (Array.isArray(input)) {
    return input.length > MAX_ELEMENTS ? invalidInput(`has more than ${MAX_ELEMENTS} elements`) : null;
  }
  const keys = Object.keys(input);
  if (keys.length > MAX_KEYS) return invalidInput(`has more than ${MAX_KEYS} fields`);
  for (const key of keys) {
    const found = findOversized((input as Record<string, unknown>)[key], depth + 1);
    if (found !== null) return found;
  }
  return null;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union that nothing matched, the complaints of the member that came closest. */
function narrowUnion(issue: core.$ZodIssue, parents: readonly PropertyKey[]): readonly Issue[] {
  const path = [...parents, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issue.message }];
  const closest = issue.errors.reduce((best, next) => (next.length < best.length ? next : best));
  return closest.flatMap((inner) => narrowUnion(inner, path));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}
