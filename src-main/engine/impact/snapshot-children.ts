import type { SnapshotHolder } from '../../../src-shared/domain/holder.ts';
import type { SnapshotChild } from '../../../src-shared/domain/impact.ts';
import type { ReadableDatabase } from '../database/index.ts';
import { columnsOf, selectList } from '../database/tables.ts';

/**
 * Snapshots made from one of these, and from those, by `snapshot_index`: `parent_digest` holds the parent's digest
 * (msb 0.6) or its snapshot id (0.7).
 */
export function childrenOf(
  database: ReadableDatabase,
  snapshots: readonly SnapshotHolder[],
): readonly SnapshotChild[] {
  const columns = columnsOf(database, 'snapshot_index');
  if (columns === null || snapshots.length === 0) return [];
  const list = selectList(columns, 's', ['digest', 'snapshot_id', 'parent_digest', 'name', 'artifact_path']);
  const rows = database.rows(`SELECT ${list} FROM snapshot_index s`).map((row) => row.map(textOf));
  const names = new Map<string, string>();
  const paths = new Set(snapshots.map((snapshot) => snapshot.path));
  const pending: string[] = [];
  for (const [digest, id, , name, path] of rows) {
    const label = name ?? path ?? digest ?? '';
    for (const key of [digest, id]) {
      if (key == null) continue;
      names.set(key, label);
      if (path != null && paths.has(path)) pending.push(key);
    }
  }
  const children = new Map<string, SnapshotChild>();
  const followed = new Set<string>();
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    if (followed.has(parent)) continue;
    followed.add(parent);
    for (const [digest, id, parentKey, name, path] of rows) {
      if (parentKey !== parent) continue;
      const label = name ?? path ?? digest ?? '';
      children.set(path ?? label, { name: label, parent: names.get(parent) ?? parent });
      pending.push(...[digest, id].filter((key) => key != null));
    }
  }
  return [...children.values()];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
