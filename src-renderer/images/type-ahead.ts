import type { ImageRow } from './image-entries.ts';

/**
 * The next row after `from`, around the end, whose repository, any part of it, or registry begins with `typed`;
 * -1 when there is none. The row itself counts while a word is being typed on, not for its first letter.
 */
export function findTyped(rows: readonly ImageRow[], from: number, typed: string): number {
  const text = typed.toLowerCase();
  const start = text.length > 1 ? Math.max(from, 0) : from + 1;
  for (let step = 0; step < rows.length; step += 1) {
    const index = (start + step) % rows.length;
    const { registry, repository } = rows[index]!.entry.name;
    const path = `/${registry}/${repository}`.toLowerCase();
    if (path.includes(`/${text}`)) return index;
  }
  return -1;
}
