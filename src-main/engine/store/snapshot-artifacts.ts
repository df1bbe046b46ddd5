import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isDigest } from '../../../src-shared/domain/digest.ts';
import { readBoundedFile } from './bounded-file.ts';
import type { SnapshotArtifact } from './entries.ts';
import { asObject, asString, fieldOf, parseObject } from './json.ts';

/**
 * Every snapshot below the snapshots directory, whether or not the database lists it: `<name>/snapshot.json` (0.6.7
 * on) or `<name>/manifest.json` (0.4.4 to 0.6.6), and `<group>/snap_<hex>/snapshot.json` (0.7 on). Names that begin
 * with a dot are ignored. Links are followed here, and only here: what they lead to is read, never deleted, and can
 * only add holders. What cannot be read becomes an artifact whose `manifestDigest` is null.
 */
export function scanSnapshots(snapshotsDir: string): readonly SnapshotArtifact[] {
  const names = foldersIn(snapshotsDir);
  if (names === 'unreadable') return [unreadableArtifact(snapshotsDir, null, null)];
  return names.flatMap((name) => {
    const path = join(snapshotsDir, name);
    const own = artifactsAt(path, { name, group: null });
    // A group may itself be an older snapshot's folder, so both are looked for.
    return [...own, ...membersOf(path, name)];
  });
}

/**
 * The snapshot in a directory the database names (`snapshot_index.artifact_path`), which may lie anywhere. Null
 * when there is no descriptor, or the path is not absolute.
 */
export function readSnapshotArtifact(path: string): SnapshotArtifact | null {
  if (!isAbsolute(path) || path.includes('\0')) return null;
  return artifactsAt(path, { name: null, group: null })[0] ?? null;
}

const DESCRIPTORS = ['snapshot.json', 'manifest.json'];
const MEMBER = 'group-member.json';
/** A descriptor is a few kilobytes; a chain of a thousand layers makes some hundred. */
const MOST_DESCRIPTOR_BYTES = 16 * 2 ** 20;

interface Naming {
  readonly name: string | null;
  readonly group: string | null;
}

function membersOf(groupPath: string, group: string): readonly SnapshotArtifact[] {
  const names = foldersIn(groupPath);
  if (names === 'unreadable') return [unreadableArtifact(groupPath, null, group)];
  return names.flatMap((name) => {
    const path = join(groupPath, name);
    return artifactsAt(path, { name: memberName(path) ?? name, group });
  });
}

/** One artifact, or two where an old and a new descriptor lie side by side and name different images. */
function artifactsAt(path: string, { name, group }: Naming): readonly SnapshotArtifact[] {
  const found = new Map<string | null, SnapshotArtifact>();
  for (const descriptor of DESCRIPTORS) {
    const file = readBoundedFile(join(path, descriptor), MOST_DESCRIPTOR_BYTES, { followLinks: true });
    if (file.kind === 'missing') continue;
    const manifestDigest = file.kind === 'text' ? imageOf(file.text) : null;
    found.set(manifestDigest, { path, name, group, manifestDigest });
  }
  return [...found.values()];
}

/** `image.manifest_digest`, which every version of the descriptor has. */
function imageOf(descriptor: string): string | null {
  const image = asObject(fieldOf(parseObject(descriptor) ?? {}, 'image'));
  const digest = image === null ? null : asString(fieldOf(image, 'manifest_digest'));
  return digest !== null && isDigest(digest) ? digest : null;
}

function memberName(path: string): string | null {
  const file = readBoundedFile(join(path, MEMBER), MOST_DESCRIPTOR_BYTES, { followLinks: true });
  return file.kind === 'text' ? asString(fieldOf(parseObject(file.text) ?? {}, 'name')) : null;
}

/** Folders and links to folders, sorted. Empty when there is no directory; `unreadable` when it cannot be listed. */
function foldersIn(path: string): readonly string[] | 'unreadable' {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.'))
      .filter(
        (entry) => entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(join(path, entry.name))),
      )
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? [] : 'unreadable';
  }
}

function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function unreadableArtifact(path: string, name: string | null, group: string | null): SnapshotArtifact {
  return { path, name, group, manifestDigest: null };
}
