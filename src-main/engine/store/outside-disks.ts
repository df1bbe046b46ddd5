import { realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { OutsideDisk } from '../../../src-shared/domain/usage.ts';
import type { DatabaseSnapshot, SandboxRow } from '../database/rows.ts';
import type { HomePaths } from '../home/paths.ts';
import type { StoreSnapshot } from './entries.ts';
import { measureTree } from './tree-size.ts';

/**
 * The folders of sandboxes and snapshots beside the cache, largest first: those the database names and those found
 * on disk. Sandboxes without a folder are left out.
 */
export function measureOutsideDisks(
  paths: Pick<HomePaths, 'sandboxesDir'>,
  database: Pick<DatabaseSnapshot, 'sandboxes' | 'snapshots' | 'manifests'>,
  store: Pick<StoreSnapshot, 'snapshots'>,
): readonly OutsideDisk[] {
  const digests = new Map(database.manifests.map((row) => [row.id, row.digest]));
  const folders: Folder[] = [
    ...database.sandboxes.filter(hasFolderName).map((row) => ({
      kind: 'sandbox' as const,
      name: row.name,
      path: join(paths.sandboxesDir, row.name),
      manifestDigests: [
        ...new Set([...row.manifestDigests, ...row.rootfsManifestIds.flatMap((id) => digests.get(id) ?? [])]),
      ],
    })),
    ...snapshotFolders(database, store),
  ];
  return folders
    .flatMap((folder) => measure(folder) ?? [])
    .toSorted((a, b) => b.allocatedBytes - a.allocatedBytes || (a.path < b.path ? -1 : 1));
}

type Folder = Omit<OutsideDisk, 'allocatedBytes' | 'logicalBytes'>;

/** By path: an artifact on disk and its row in the index are one. */
function snapshotFolders(
  database: Pick<DatabaseSnapshot, 'snapshots'>,
  store: Pick<StoreSnapshot, 'snapshots'>,
): readonly Folder[] {
  const folders = new Map<string, Folder>();
  const add = (path: string, name: string | null, manifestDigest: string | null) => {
    const known = folders.get(path);
    const manifestDigests = new Set(known?.manifestDigests);
    if (manifestDigest !== null) manifestDigests.add(manifestDigest);
    folders.set(path, {
      kind: 'snapshot',
      name: known?.name ?? name ?? path,
      path,
      manifestDigests: [...manifestDigests],
    });
  };
  for (const row of database.snapshots) {
    if (row.artifactPath !== null) add(row.artifactPath, row.name, row.imageManifestDigest);
  }
  for (const artifact of store.snapshots) add(artifact.path, artifact.name, artifact.manifestDigest);
  return [...folders.values()];
}

function measure(folder: Folder): OutsideDisk | null {
  const path = resolved(folder.path);
  if (path === null) return null;
  const { allocatedBytes, logicalBytes } = measureTree(path);
  return { ...folder, allocatedBytes, logicalBytes };
}

/** The folder itself may be a link, to a larger disk for instance; nothing below it is followed. */
function resolved(path: string): string | null {
  if (!isAbsolute(path)) return null;
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** A name that could lead out of the sandboxes folder is nobody's folder. */
function hasFolderName({ name }: SandboxRow): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}
