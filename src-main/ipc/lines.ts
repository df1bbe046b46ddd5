import type { CacheError } from '../../src-shared/ipc/cache-error.ts';

/** The lines a call is answered with, as JSON text: items, then one of the other two. */

export function itemLine(item: unknown): string {
  return JSON.stringify({ item });
}

export function valueLine(value: unknown): string {
  return JSON.stringify({ ok: true, value: value ?? null });
}

export function failureLine(error: CacheError): string {
  return JSON.stringify({ ok: false, error });
}
