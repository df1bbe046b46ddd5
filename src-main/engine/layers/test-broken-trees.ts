import { CacheFailure } from '../failure.ts';
import { createTreeReader, type LayerTree } from './index.ts';

/** Directories listed of one broken tree. */
const MAX_DIRECTORIES = 40;

/**
 * For tests: asks everything of a tree of which some layers are broken. Answers the number of entries listed; only
 * a `CacheFailure` that names a path or a file may be thrown on the way.
 */
export async function askEverything(tree: LayerTree): Promise<number> {
  const reader = createTreeReader();
  const directories = ['/'];
  let entries = 0;
  for (let at = 0; at < Math.min(directories.length, MAX_DIRECTORIES); at += 1) {
    const listing = await attempt(() => reader.listDirectory(tree, directories[at]!));
    for (const entry of listing?.entries ?? []) {
      entries += 1;
      if (entry.type === 'directory') directories.push(entry.path);
      if (entry.type === 'regular') await attempt(() => reader.readFileBytes(tree, entry.path, 0, 5000));
      for (const layer of tree.layers) await attempt(() => reader.findPath(layer, entry.path));
    }
  }
  const { hidden, hiddenBytes, efficiency } = await reader.efficiency(tree);
  if (!(efficiency >= 0 && efficiency <= 1)) throw new Error(`an efficiency of ${efficiency}`);
  if (hidden.reduce((sum, file) => sum + file.hiddenBytes, 0) > hiddenBytes) throw new Error('more than all');
  await reader.searchTree(tree, { query: 'e', limit: 1000, changesOnly: false, minimumBytes: 0 });
  reader.close();
  return entries;
}

async function attempt<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CacheFailure && ['not-found', 'damaged'].includes(error.error.code)) return null;
    throw error;
  }
}
