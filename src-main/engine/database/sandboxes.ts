import type { ManifestRow, SandboxRow } from './rows.ts';
import type { TableReader } from './table-reader.ts';
import { nameOf, rowId, text } from './values.ts';

export interface Sandboxes {
  readonly sandboxes: readonly SandboxRow[];
  /** Manifests pinned by `sandbox_rootfs` rows whose sandbox has no row. */
  readonly ownerlessManifestIds: readonly number[];
}

/**
 * Every sandbox, whatever its state, with all that says which image it needs. msb pins the manifest in
 * `sandbox_rootfs` only once the guest has booted; before that, and after a failed first boot, only `manifest_digest`
 * in the configuration tells, and it is what a start goes by.
 */
export function readSandboxes(reader: TableReader, manifests: readonly ManifestRow[]): Sandboxes {
  const rootfs = readRootfs(reader);
  const pids = readRunningPids(reader);
  const digests = digestsOf([...rootfs.values()].flat(), manifests);
  const sandboxes = reader
    .rows('sandbox', ['name', 'status', 'config', 'active_config'])
    .map(([rawId, name, status, config, activeConfig]) => {
      const id = rawId as number;
      const pinned = rootfs.get(id) ?? [];
      const rootfsManifestIds = pinned.filter((pin) => pin !== null);
      const pins = [readPin(config), ...(activeConfig === null ? [] : [readPin(activeConfig)])];
      const isReadable = pins.every((pin) => isTelling(pin, rootfsManifestIds)) && !pinned.includes(null);
      if (!isReadable) reader.note('sandbox', id, 'its configuration does not tell which image it needs');
      rootfs.delete(id);
      return {
        id,
        name: nameOf(name),
        status: nameOf(status),
        manifestDigests: unique([
          ...pins.flatMap((pin) => (pin.kind === 'manifest' ? pin.digest : [])),
          ...rootfsManifestIds.flatMap((manifestId) => digests.get(manifestId) ?? []),
        ]),
        rootfsManifestIds,
        isReadable,
        runningPids: pids.get(id) ?? [],
      };
    });
  return { sandboxes, ownerlessManifestIds: [...rootfs.values()].flat().filter((pin) => pin !== null) };
}

/** By row id, of those that are pinned: mostly there are none. */
function digestsOf(
  pins: readonly (number | null)[],
  manifests: readonly ManifestRow[],
): ReadonlyMap<number, string> {
  const ids = new Set(pins);
  const pinned = ids.size === 0 ? [] : manifests.filter(({ id }) => ids.has(id));
  return new Map(pinned.map(({ id, digest }) => [id, digest]));
}

/** What one configuration says about the image of its sandbox. */
type Pin =
  | { readonly kind: 'manifest'; readonly digest: string }
  /** The root is a directory or a disk of the person's own. */
  | { readonly kind: 'no-image' }
  /** A configuration, but one that names no manifest although its root may be an image. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreadable' };

/** Roots that are not images, as msb and its branch builds spell them. */
const OWN_ROOTS: ReadonlySet<string> = new Set(['Bind', 'bind', 'DiskImage', 'disk_image']);

function readPin(column: unknown): Pin {
  const config = parseObject(column);
  if (config === null) return { kind: 'unreadable' };
  const digest = config.manifest_digest;
  if (typeof digest === 'string' && digest !== '') return { kind: 'manifest', digest };
  // A digest in another form is a later msb's: what it means cannot be told from here.
  if (digest !== undefined && digest !== null) return { kind: 'unreadable' };
  return { kind: isOwnRoot(config.image) ? 'no-image' : 'silent' };
}

/** `{"Bind": …}` as msb writes it, or `{"type": "bind", …}`. */
function isOwnRoot(image: unknown): boolean {
  if (typeof image !== 'object' || image === null) return false;
  const [only, ...others] = Object.keys(image);
  if ('type' in image) return typeof image.type === 'string' && OWN_ROOTS.has(image.type);
  return only !== undefined && others.length === 0 && OWN_ROOTS.has(only);
}

/**
 * A configuration without a manifest is enough only beside a pin in `sandbox_rootfs`. Otherwise it comes from msb 0.3,
 * or says it in a way we do not know, and the sandbox holds everything: the reference it may name can have moved.
 */
function isTelling(pin: Pin, rootfsManifestIds: readonly number[]): boolean {
  return pin.kind === 'silent' ? rootfsManifestIds.length > 0 : pin.kind !== 'unreadable';
}

/** By sandbox id; null stands for a pin that is not a row id. */
function readRootfs(reader: TableReader): Map<number, (number | null)[]> {
  const pins = new Map<number, (number | null)[]>();
  for (const [id, sandboxId, manifestId] of reader.rows('sandbox_rootfs', ['sandbox_id', 'manifest_id'])) {
    if (manifestId === null) continue;
    const pin = rowId(manifestId);
    if (pin === null) reader.note('sandbox_rootfs', id, 'manifest_id is not a row id');
    append(pins, rowId(sandboxId) ?? Number.NaN, pin);
  }
  return pins;
}

function readRunningPids(reader: TableReader): Map<number, number[]> {
  const pids = new Map<number, number[]>();
  for (const [, sandboxId, pid, status] of reader.rows('run', ['sandbox_id', 'pid', 'status'])) {
    const owner = rowId(sandboxId);
    const process = rowId(pid);
    if (status === 'Running' && owner !== null && process !== null && process > 0)
      append(pids, owner, process);
  }
  return pids;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function parseObject(column: unknown): Readonly<Record<string, unknown>> | null {
  const json = text(column);
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
