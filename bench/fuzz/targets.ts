import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ActivityLog } from '../../src-main/engine/activity/activity-log.ts';
import { findUnfinishedDowngrade } from '../../src-main/engine/database/self-downgrade.ts';
import { toRfc3339 } from '../../src-main/engine/database/timestamp.ts';
import { CacheFailure } from '../../src-main/engine/failure.ts';
import { resolveHome } from '../../src-main/engine/home/index.ts';
import { SettingsFile } from '../../src-main/engine/settings/settings-file.ts';
import {
  classify,
  layerPath,
  parseRawConfig,
  referenceKey,
  scanSnapshots,
} from '../../src-main/engine/store/index.ts';
import { parseKernelLocks } from '../../src-main/engine/store/kernel-locks.ts';
import { parseFlatRef, parseMetadata } from '../../src-main/engine/store/metadata.ts';
import { digestOfName } from '../../src-main/engine/store/names.ts';
import { fsmetaOfVmdk, isElsewhere, layersOfVmdk, parseVmdk } from '../../src-main/engine/store/vmdk.ts';
import { readJournal } from '../../src-main/engine/undo/journal.ts';
import { isCallName, parseInput } from '../../src-main/ipc/call-input.ts';
import { plainText } from '../../src-main/ipc/plain-text.ts';
import { parseDeepLink } from '../../src-main/shell/deep-link.ts';
import { isDigest, shortenDigest } from '../../src-shared/domain/digest.ts';
import { displayReference, formatReference, parseReference } from '../../src-shared/domain/reference.ts';
import { settingsFields } from '../../src-shared/ipc/contract.ts';

/** One parser of ours, and what must be true of whatever it makes of any bytes. */
export interface FuzzTarget {
  readonly name: string;
  /** One that reads a file: a run of it takes longer. */
  readonly readsFiles: boolean;
  /** @throws when something is not as it must be. */
  readonly check: (bytes: Buffer) => void;
}

const CORPUS = new URL('../../src-main/engine/hostile/corpus/', import.meta.url);

/** What the parser is to be started from: files msb wrote, and those that once went wrong or might. */
export function corpusOf(name: string): readonly Buffer[] {
  const folder = new URL(`${name}/`, CORPUS);
  return readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(new URL(file, folder)));
}

/** @param scratch An empty directory, for the parsers that read files. */
export function fuzzTargets(scratch: string): readonly FuzzTarget[] {
  const text = (name: string, check: (text: string) => void): FuzzTarget => ({
    name,
    readsFiles: false,
    check: (bytes) => check(bytes.toString()),
  });
  const file = (name: string, make: (folder: string) => FuzzTarget['check']): FuzzTarget => {
    const folder = join(scratch, name);
    mkdirSync(folder);
    return { name, readsFiles: true, check: make(folder) };
  };
  return [
    text('reference', checkReference),
    text('digest', checkDigest),
    text('name', checkName),
    text('timestamp', checkTimestamp),
    text('metadata', checkMetadata),
    text('raw-config', checkRawConfig),
    text('vmdk', checkVmdk),
    text('flat-ref', (json) => must(isNullOr(isDigest, parseFlatRef(json)), 'a digest or nothing')),
    text('kernel-locks', (lines) => void parseKernelLocks(lines).holds('1', '2')),
    text('call', checkCall),
    text('deep-link', checkDeepLink),
    file('config-file', configFileCheck),
    file('snapshot', snapshotCheck),
    file('journal', journalCheck),
    file('settings', settingsCheck),
    file('activity', activityCheck),
    file('downgrade', downgradeCheck),
  ];
}

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`must be ${what}`);
}

function isNullOr<T>(test: (value: T) => boolean, value: T | null): boolean {
  return value === null || test(value);
}

/** The canonical form is its own canonical form, and names one file in the cache. */
function checkReference(raw: string): void {
  const parsed = parseReference(raw);
  const shown = displayReference(raw);
  must(parsed === null ? shown.repository === raw : shown.registry !== '', 'shown whole, or in parts');
  const key = referenceKey(raw);
  must((parsed === null) === (key === null), 'with a key, or refused');
  if (parsed === null) return;
  const canonical = formatReference(parsed);
  const again = parseReference(canonical);
  // msb takes `Foo/bar`, whose canonical form it would not take.
  must(
    again === null || (formatReference(again) === canonical && referenceKey(canonical) === key),
    'the same when read again',
  );
  must(/^[0-9a-f]{64}$/.test(key ?? ''), 'a key');
  must(
    !/[\s\u0000-\u001f\\<>"'`?#%&]/.test(canonical) && !canonical.split('/').includes('..'),
    'harmless text',
  );
}

function checkDigest(raw: string): void {
  must(!isDigest(raw) || /^sha(?:256|384|512):[0-9a-f]+$/.test(raw), 'a digest');
  must(shortenDigest(raw).length <= Math.max(raw.length, 40), 'not longer when shortened');
  const digest = digestOfName(raw);
  must(digest === null || layerPath(digest) === `layers/${raw}.erofs`, 'the name of its digest');
}

const TYPES = ['file', 'directory', 'symlink', 'other'] as const;

function checkName(path: string): void {
  for (const type of TYPES) {
    const { kind } = classify(path, type);
    if (kind === 'unknown' || kind === 'directory') continue;
    must(
      type === 'file' || (type === 'directory' && (kind === 'work' || kind === 'leftover')),
      'a file, or a folder of ours',
    );
    must(/^[\x20-\x7e]+$/.test(path) && !path.includes('..') && !path.startsWith('/'), 'a plain path');
  }
}

function checkTimestamp(raw: string): void {
  const time = toRfc3339(raw);
  must(time === null || (!Number.isNaN(Date.parse(time)) && time.endsWith('+00:00')), 'a time');
}

function checkMetadata(json: string): void {
  const metadata = parseMetadata(json);
  if (metadata === null) return;
  must(isDigest(metadata.manifestDigest) && isDigest(metadata.configDigest), 'digests');
  must(
    metadata.layers.every(({ diffId, blobDigest }) => isDigest(diffId) && typeof blobDigest === 'string'),
    'layers of digests',
  );
}

function checkRawConfig(json: string): void {
  const config = parseRawConfig(json);
  if (config === null) return;
  for (const list of [
    config.env,
    config.cmd,
    config.entrypoint,
    config.shell,
    config.onBuild,
    config.volumes,
    config.exposedPorts,
  ])
    must(
      isNullOr((items) => items.every((item) => typeof item === 'string'), list),
      'texts',
    );
  must(
    Object.values(config.labels ?? {}).every((label) => typeof label === 'string'),
    'labels of text',
  );
  const positions = config.history.flatMap(({ position }) => position ?? []);
  must(
    positions.every((position, index) => position === index),
    'positions in order',
  );
  must(
    positions.length === 0 || positions.length === config.diffIds.length,
    'a step for each layer, or for none',
  );
}

function checkVmdk(text: string): void {
  const vmdk = parseVmdk(text);
  if (vmdk === null) return;
  for (const { sectors, offset } of vmdk.extents)
    must(Number.isSafeInteger(sectors) && Number.isSafeInteger(offset), 'whole numbers');
  must(
    isNullOr((layers) => layers.every(isDigest), layersOfVmdk(vmdk)),
    'layers of digests',
  );
  must(isNullOr(isDigest, fsmetaOfVmdk(vmdk)), 'a digest or nothing');
  isElsewhere(vmdk, '/home/me/.microsandbox/cache');
}

function checkCall(text: string): void {
  const [name = '', ...rest] = text.split('\n');
  if (!isCallName(name)) return;
  const parsed = parseInput(name, rest.join('\n'));
  if (parsed.ok) return;
  must(parsed.error.code === 'invalid-input', 'invalid input');
  must(JSON.stringify(parsed.error).length < 8192, 'told in few words');
}

function checkDeepLink(link: string): void {
  const reference = parseDeepLink(link);
  must(
    reference === null || (parseReference(reference) !== null && plainText(reference) === reference),
    'a plain reference or nothing',
  );
}

function configFileCheck(folder: string): FuzzTarget['check'] {
  return (bytes) => {
    writeFileSync(join(folder, 'config.json'), bytes);
    try {
      const paths = resolveHome({ homeOption: folder, env: {}, userHome: folder });
      must(
        Object.values(paths).every((path) => isAbsolute(path) && !path.includes('\0')),
        'absolute paths',
      );
    } catch (error) {
      must(error instanceof CacheFailure && error.error.code === 'invalid-input', 'refused as invalid input');
    }
  };
}

function snapshotCheck(folder: string): FuzzTarget['check'] {
  mkdirSync(join(folder, 'group', 'snap_0'), { recursive: true });
  mkdirSync(join(folder, 'old'));
  return (bytes) => {
    for (const file of ['group/snap_0/snapshot.json', 'group/snap_0/group-member.json', 'old/manifest.json'])
      writeFileSync(join(folder, file), bytes);
    const artifacts = scanSnapshots(folder);
    must(artifacts.length === 2, 'every artifact');
    must(
      artifacts.every(({ manifestDigest }) => isNullOr(isDigest, manifestDigest)),
      'digests or holders of everything',
    );
  };
}

function journalCheck(folder: string): FuzzTarget['check'] {
  return (bytes) => {
    writeFileSync(join(folder, 'undo.json'), bytes);
    const journal = readJournal(folder);
    if (journal === null) return;
    must(!Number.isNaN(Date.parse(journal.expiresAt)), 'a time');
    for (const { rows } of Object.values(journal.rows.tables))
      for (const value of rows.flat())
        if (Array.isArray(value) && value[0] === 'integer') must(BigInt(value[1]!) < 2n ** 63n, '64 bits');
  };
}

function settingsCheck(folder: string): FuzzTarget['check'] {
  const file = new SettingsFile(folder);
  return (bytes) => {
    writeFileSync(join(folder, 'settings.json'), bytes);
    const { settings } = file.get();
    for (const [name, schema] of Object.entries(settingsFields))
      must(
        schema.safeParse((settings as unknown as Record<string, unknown>)[name]).success,
        `a valid ${name}`,
      );
  };
}

function activityCheck(folder: string): FuzzTarget['check'] {
  const log = new ActivityLog(folder);
  return (bytes) => {
    writeFileSync(join(folder, 'activity.jsonl'), bytes);
    for (const { at, removed } of log.list(10))
      must(typeof at === 'string' && Array.isArray(removed), 'an entry');
  };
}

function downgradeCheck(folder: string): FuzzTarget['check'] {
  const operation = join(folder, 'db', 'self-downgrade', 'one');
  mkdirSync(operation, { recursive: true });
  return (bytes) => {
    writeFileSync(join(operation, 'journal.json'), bytes);
    const found = findUnfinishedDowngrade(folder);
    must(found === null || found === join(operation, 'journal.json'), 'the journal or nothing');
  };
}
