import { formatCount } from '../../../src-shared/domain/format.ts';
import { ErofsError, type ErofsImage, openErofs } from '../erofs/index.ts';
import type { HomePaths } from '../home/paths.ts';
import type { LayerNode } from '../inventory/inventory.ts';
import { resolveCacheDir } from '../store/cache-dir.ts';
import type { StoreEntry } from '../store/entries.ts';
import { fsmetaOfVmdk, layersOfVmdk, readVmdk, type VmdkDescriptor } from '../store/vmdk.ts';
import type { Findings } from './findings.ts';

/**
 * Opens an EROFS file and judges what its superblock says: magic, checksum, and a length that is the file's.
 * Null, with a finding, when it cannot be read at all.
 */
export function openChecked(paths: HomePaths, entry: StoreEntry, findings: Findings): ErofsImage | null {
  try {
    const image = openErofs(`${paths.cacheDir}/${entry.path}`);
    const { declaredBytes } = image.superblock;
    if (declaredBytes !== image.file.length) {
      findings.damaged(
        entry.path,
        `It is ${formatCount(image.file.length)} bytes long, its superblock says ${formatCount(declaredBytes)}.`,
      );
    }
    return image;
  } catch (error) {
    if (!(error instanceof ErofsError)) throw error;
    findings.damaged(entry.path, error.message);
    return null;
  }
}

/** The device table of the file system index names each layer in order, with its length and where it begins. */
export function checkDeviceTable(
  fsmeta: ErofsImage,
  entry: StoreEntry,
  layers: readonly LayerNode[],
  findings: Findings,
): void {
  const slots = fsmeta.deviceSlots;
  if (slots.length !== layers.length) {
    findings.damaged(entry.path, `Its device table has ${slots.length} layers, the image ${layers.length}.`);
    return;
  }
  let start = fsmeta.file.length;
  for (const [index, slot] of slots.entries()) {
    const file = layers[index]!.entry;
    if (file !== null && file.logicalBytes !== slot.lengthBytes) {
      findings.damaged(
        file.path,
        `It is ${formatCount(file.logicalBytes)} bytes long, the device table of the image says ${formatCount(slot.lengthBytes)}.`,
      );
    }
    if (slot.mappedStart !== start) {
      findings.damaged(
        entry.path,
        `Layer ${index} is said to begin at byte ${slot.mappedStart} of the disk, not ${start}.`,
      );
    }
    start += slot.lengthBytes;
  }
}

/** The disk descriptor strings the file system index and the layers together, here, in order, at full length. */
export function checkVmdk(
  paths: HomePaths,
  manifestDigest: string,
  entry: StoreEntry,
  fsmeta: StoreEntry | undefined,
  layers: readonly LayerNode[],
  findings: Findings,
): void {
  const vmdk = readVmdk(paths, manifestDigest);
  if (vmdk === null) {
    findings.damaged(entry.path, 'It is no disk descriptor as msb writes it.');
    return;
  }
  if (vmdk.isElsewhere) {
    const here = resolveCacheDir(paths) ?? paths.cacheDir;
    const other = vmdk.extents.find(({ path }) => !path.startsWith(here))?.path ?? '';
    findings.damaged(
      entry.path,
      `It points outside this cache (${other.slice(0, MOST_PATH)}): the cache was moved or copied, and msb would boot from the old place.`,
    );
  }
  const named = layersOfVmdk(vmdk);
  const expected = layers.map((layer) => layer.diffId);
  if (fsmetaOfVmdk(vmdk) !== manifestDigest || named === null || named.join() !== expected.join()) {
    findings.damaged(entry.path, 'It strings other files together than the image consists of.');
    return;
  }
  const files = [fsmeta ?? null, ...layers.map((layer) => layer.entry)];
  for (const [index, lengthBytes] of extentLengths(vmdk).entries()) {
    const file = files[index] ?? null;
    if (lengthBytes === null) findings.damaged(entry.path, 'Its extents do not follow one another.');
    else if (file !== null && file.logicalBytes !== lengthBytes) {
      findings.damaged(
        file.path,
        `It is ${formatCount(file.logicalBytes)} bytes long, the disk descriptor says ${formatCount(lengthBytes)}.`,
      );
    }
  }
}

const MOST_PATH = 300;
const SECTOR_BYTES = 512;

/** Bytes of each file in disk order, its extents added up; null for one whose extents leave a gap. */
function extentLengths(vmdk: VmdkDescriptor): readonly (number | null)[] {
  const lengths: (number | null)[] = [];
  let sectors = 0;
  for (const extent of vmdk.extents) {
    if (extent.offset === 0) {
      lengths.push(0);
      sectors = 0;
    }
    const isNext = extent.offset === sectors && lengths.length > 0;
    sectors += extent.sectors;
    lengths[Math.max(0, lengths.length - 1)] = isNext ? sectors * SECTOR_BYTES : null;
  }
  return lengths;
}
