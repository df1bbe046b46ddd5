import { formatCount } from '../../src-shared/domain/format.ts';

/** `1 image`, `31 images`, `2,400 boxes`: a count with its noun, the plural given when it is not the noun and an s. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`; of a long list the first `most` and how many more. */
export function joinNames(names: readonly string[], most = 4): string {
  const shown =
    names.length > most ? [...names.slice(0, most), `${formatCount(names.length - most)} more`] : names;
  if (shown.length <= 1) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
