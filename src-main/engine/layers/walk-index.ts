import { ROOT } from '../erofs/index.ts';
import type { MergedIndex } from './merged-index.ts';

/** Every entry of an index but the root in the order of paths: a directory, all that is below it, the next one. */
export function* walkIndex(index: MergedIndex): Generator<number> {
  const pending: number[] = [];
  const addChildren = (id: number) => {
    const first = index.firstChild[id]!;
    for (let child = first + index.childCount[id]! - 1; child >= first; child -= 1) pending.push(child);
  };
  if (index.count > 0) addChildren(ROOT);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    yield id;
    addChildren(id);
  }
}
