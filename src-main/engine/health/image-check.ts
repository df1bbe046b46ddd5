import type { HomePaths } from '../home/paths.ts';
import { damageOf, metadataOf } from '../inventory/facts.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
import { readCacheFile } from '../store/bounded-file.ts';
import { asString, fieldOf, parseObject } from '../store/json.ts';
import { checkDeviceTable, checkVmdk, openChecked } from './disk-checks.ts';
import type { Findings } from './findings.ts';

/**
 * One image by rows, names, lengths, superblocks, its disk descriptor and its device table: a few kilobytes of
 * each file are read.
 */
export function checkImage(
  paths: HomePaths,
  inventory: Inventory,
  reference: ReferenceNode,
  findings: Findings,
): void {
  for (const { kind, detail } of damageOf(inventory, reference)) {
    if (kind === 'metadata-missing') {
      findings.warning(
        null,
        'Its cached metadata is missing: it runs, but msb cannot save it, and needs its registry to pull it again.',
      );
    } else if (kind === 'row-damaged') findings.damaged(null, `Its rows do not fit: ${detail}.`);
    else if (!IN_DETAIL.has(kind)) findings.damaged(null, `${WORDS[kind] ?? kind}: ${detail}.`);
  }
  if (reference.manifest.row === null) return;
  checkRows(reference, findings);
  checkLayers(paths, reference, findings);
  checkArtifacts(paths, inventory, reference, findings);
  checkFlat(paths, inventory, reference, findings);
}

const WORDS: Readonly<Record<string, string>> = {
  'layer-missing': 'A layer file is missing',
  'fsmeta-missing': 'Its file system index is missing',
  'vmdk-missing': 'Its disk descriptor is missing',
};
/** Told more exactly by the checks that follow. */
const IN_DETAIL: ReadonlySet<string> = new Set([
  'layer-damaged',
  'fsmeta-damaged',
  'vmdk-damaged',
  'vmdk-elsewhere',
  'flat-damaged',
]);

function checkRows(reference: ReferenceNode, findings: Findings): void {
  const content = metadataOf(reference)?.file.content ?? null;
  if (content === null) return;
  const { manifest } = reference;
  const linked = manifest.linkedLayers.map((layer) => layer.diffId);
  if (content.layers.map((layer) => layer.diffId).join() !== linked.join()) {
    findings.damaged(null, 'Its rows and its cached metadata name different layers.');
  }
  const { configDigest } = manifest.row!;
  if (configDigest !== null && configDigest !== content.configDigest) {
    findings.damaged(null, 'Its rows and its cached metadata name different configurations.');
  }
}

function checkLayers(paths: HomePaths, reference: ReferenceNode, findings: Findings): void {
  for (const layer of new Set(reference.manifest.linkedLayers)) {
    if (layer.entry !== null) openChecked(paths, layer.entry, findings)?.close();
  }
}

function checkArtifacts(
  paths: HomePaths,
  inventory: Inventory,
  reference: ReferenceNode,
  findings: Findings,
): void {
  const { manifest } = reference;
  const fsmeta = inventory.fsmeta.get(manifest.digest);
  const vmdk = inventory.vmdk.get(manifest.digest);
  const image = fsmeta === undefined ? null : openChecked(paths, fsmeta, findings);
  if (image !== null && fsmeta !== undefined) {
    try {
      checkDeviceTable(image, fsmeta, manifest.linkedLayers, findings);
    } finally {
      image.close();
    }
  }
  if (vmdk !== undefined) checkVmdk(paths, manifest.digest, vmdk, fsmeta, manifest.linkedLayers, findings);
}

/** msb trusts a flat disk whose length is the one its record says. */
function checkFlat(
  paths: HomePaths,
  inventory: Inventory,
  reference: ReferenceNode,
  findings: Findings,
): void {
  const record = inventory.flatRefs.get(reference.manifest.digest);
  if (record === undefined) return;
  const { artifactDigest } = record.file;
  if (artifactDigest === null) {
    findings.warning(record.entry.path, 'It is no flat disk record as msb writes it; msb makes it anew.');
    return;
  }
  const disk = inventory.flatDisks.get(artifactDigest);
  if (disk === undefined) {
    findings.warning(record.entry.path, 'Its flat disk is missing; msb makes it anew from the layers.');
    return;
  }
  const read = readCacheFile(paths.cacheDir, record.entry.path, MOST_RECORD_BYTES);
  const root = read.kind === 'text' ? parseObject(read.text) : null;
  if (root === null) return;
  const lengthBytes = fieldOf(root, 'virtual_size_bytes');
  if (lengthBytes !== disk.logicalBytes) {
    findings.damaged(disk.path, `It is ${disk.logicalBytes} bytes long, its record says ${lengthBytes}.`);
  }
  if (asString(fieldOf(root, 'manifest_digest')) !== reference.manifest.digest) {
    findings.damaged(record.entry.path, 'It names another image than its file name.');
  }
}

const MOST_RECORD_BYTES = 2 ** 20;
