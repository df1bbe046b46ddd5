interface Sized {
  readonly id: string;
  readonly bytes: number;
}

/**
 * The order cells are laid in: largest first when seen for the first time, and from then on as before, whatever
 * becomes of their sizes, so that cells stay where a person found them. New ones stand before the first that is
 * smaller.
 */
export function keepOrder<Item extends Sized>(
  previous: readonly string[],
  items: readonly Item[],
): readonly Item[] {
  const places = new Map(previous.map((id, index) => [id, index]));
  const known = items
    .filter(({ id }) => places.has(id))
    .toSorted((left, right) => places.get(left.id)! - places.get(right.id)!);
  const added = items.filter(({ id }) => !places.has(id)).toSorted(bySize);
  if (known.length === 0) return added;
  const ordered: Item[] = [];
  let next = 0;
  for (const item of known) {
    while (next < added.length && added[next]!.bytes > item.bytes) ordered.push(added[next++]!);
    ordered.push(item);
  }
  return [...ordered, ...added.slice(next)];
}

function bySize(left: Sized, right: Sized): number {
  return right.bytes - left.bytes || (left.id < right.id ? -1 : 1);
}
