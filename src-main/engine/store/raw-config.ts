import type { HistoryEntry, Platform } from '../../../src-shared/domain/image.ts';
import { asArray, asObject, asString, asStrings, fieldOf, type JsonObject, parseObject } from './json.ts';

/**
 * The image configuration as its maker wrote it (OCI image specification, `config.md`, and Docker's additions).
 * Null marks what it does not say, or says in another type. Nothing is shortened: whoever shows it bounds it.
 */
export interface RawConfig {
  /** Null unless both `os` and `architecture` are given. */
  readonly platform: Platform | null;
  /** RFC 3339, verbatim. */
  readonly created: string | null;
  readonly author: string | null;
  readonly env: readonly string[] | null;
  readonly cmd: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workingDir: string | null;
  readonly user: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly stopSignal: string | null;
  /** `80/tcp`, in the order of the JSON. */
  readonly exposedPorts: readonly string[] | null;
  readonly volumes: readonly string[] | null;
  readonly shell: readonly string[] | null;
  readonly onBuild: readonly string[] | null;
  /** The healthcheck object as JSON text. */
  readonly healthcheck: string | null;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** `rootfs.diff_ids`, base first; verbatim, so not all of them need be digests. */
  readonly diffIds: readonly string[];
}

/** Null when the text is not a JSON object. Never throws; linear in the length of the text. */
export function parseRawConfig(rawConfigJson: string): RawConfig | null {
  const root = parseObject(rawConfigJson);
  if (root === null) return null;
  const config = asObject(fieldOf(root, 'config')) ?? {};
  const diffIds = asStrings(fieldOf(asObject(fieldOf(root, 'rootfs')) ?? {}, 'diff_ids')) ?? [];
  const healthcheck = asObject(fieldOf(config, 'Healthcheck'));
  return {
    platform: platformOf(root),
    created: asString(fieldOf(root, 'created')),
    author: asString(fieldOf(root, 'author')),
    env: asStrings(fieldOf(config, 'Env')),
    cmd: commandOf(config, 'Cmd'),
    entrypoint: commandOf(config, 'Entrypoint'),
    workingDir: asString(fieldOf(config, 'WorkingDir')),
    user: asString(fieldOf(config, 'User')),
    labels: labelsOf(config),
    stopSignal: asString(fieldOf(config, 'StopSignal')),
    exposedPorts: keysOf(config, 'ExposedPorts'),
    volumes: keysOf(config, 'Volumes'),
    shell: asStrings(fieldOf(config, 'Shell')),
    onBuild: asStrings(fieldOf(config, 'OnBuild')),
    healthcheck: healthcheck === null ? null : textOf(healthcheck),
    history: historyOf(root, diffIds.length),
    diffIds,
  };
}

/** Null for what is nested deeper than it can be written again: reading JSON has no such limit. */
function textOf(value: JsonObject): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

/** The platform alone, for those who read ten thousand of them. */
export function parsePlatform(rawConfigJson: string): Platform | null {
  const root = parseObject(rawConfigJson);
  return root === null ? null : platformOf(root);
}

function platformOf(root: JsonObject): Platform | null {
  const os = asString(fieldOf(root, 'os'));
  const architecture = asString(fieldOf(root, 'architecture'));
  if (!os || !architecture) return null;
  return { os, architecture, variant: asString(fieldOf(root, 'variant')) || null };
}

/** An array, or one string in the shell form some old builders wrote. */
function commandOf(config: JsonObject, name: string): readonly string[] | null {
  const value = fieldOf(config, name);
  return typeof value === 'string' ? [value] : asStrings(value);
}

/** A set written as an object whose values are empty. */
function keysOf(config: JsonObject, name: string): readonly string[] | null {
  const set = asObject(fieldOf(config, name));
  return set === null ? null : Object.keys(set);
}

function labelsOf(config: JsonObject): Readonly<Record<string, string>> | null {
  const labels = asObject(fieldOf(config, 'Labels'));
  if (labels === null) return null;
  return Object.fromEntries(
    Object.entries(labels).filter((label): label is [string, string] => typeof label[1] === 'string'),
  );
}

/**
 * The steps that are not `empty_layer` made the layers, in order. When their number is not the number of layers
 * (squashed images, stripped histories) no step is given a layer: a wrong command beside a layer is worse than none.
 */
function historyOf(root: JsonObject, layerCount: number): readonly HistoryEntry[] {
  const steps = (asArray(fieldOf(root, 'history')) ?? []).map((step) => asObject(step) ?? {});
  const isEmpty = (step: JsonObject) => fieldOf(step, 'empty_layer') === true;
  const isComplete = steps.filter((step) => !isEmpty(step)).length === layerCount;
  let position = 0;
  return steps.map((step) => ({
    created: asString(fieldOf(step, 'created')),
    createdBy: asString(fieldOf(step, 'created_by')),
    author: asString(fieldOf(step, 'author')),
    comment: asString(fieldOf(step, 'comment')),
    position: isEmpty(step) || !isComplete ? null : position++,
  }));
}
