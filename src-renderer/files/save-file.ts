import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { MAX_READ_BYTES } from '../../src-shared/ipc/read-limit.ts';
import type { Result } from '../../src-shared/ipc/result.ts';
import type { Client } from '../client.ts';
import { decodeBase64 } from './base64.ts';
import { saveBlob } from './save-blob.ts';
import type { TreeSource } from './tree-source.ts';

/** msb takes no file over 5 GiB: a longer one is forged, and would fill the disk with what its holes claim. */
const MOST_SAVED_BYTES = 8 * 1024 ** 3;

/** Whether an entry is a file that can be saved whole. */
export function canBeSaved({ type, isWhiteout, sizeBytes }: TreeEntry): boolean {
  return type === 'regular' && !isWhiteout && sizeBytes !== null && sizeBytes <= MOST_SAVED_BYTES;
}

/**
 * Reads a file of an image piece by piece and hands it to the browser's download. Links are not followed: only
 * regular files can be saved.
 *
 * @param onProgress bytes read so far
 * @returns the bytes saved; rejects with the signal's reason when aborted
 */
export async function saveFile(
  client: Client,
  tree: TreeSource,
  entry: TreeEntry,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Result<number>> {
  const pieces: Blob[] = [];
  let offset = 0;
  for (;;) {
    const input = { ...tree, path: entry.path, offset, length: MAX_READ_BYTES };
    const result = await client.call('files.read', input, { signal });
    signal.throwIfAborted();
    if (!result.ok) return result;
    const bytes = decodeBase64(result.value.base64);
    // Each piece becomes a blob at once, which the browser keeps on disk when there are many.
    pieces.push(new Blob([bytes]));
    offset += bytes.length;
    onProgress(offset);
    if (bytes.length === 0 || offset >= result.value.totalBytes) break;
  }
  saveBlob(new Blob(pieces, { type: 'application/octet-stream' }), entry.name);
  return { ok: true, value: offset };
}
