import type { ImageConfig } from '../../src-shared/domain/image.ts';

/** A line of a table of names and values; `value` is null when an environment entry has no `=`. */
export interface Pair {
  readonly key: string;
  readonly value: string | null;
}

/** One field of a configuration as the Config tab shows it. A null value is said as "not set". */
export type ConfigField =
  | { readonly kind: 'text'; readonly label: string; readonly value: string | null }
  /** The words of a command line, one each. */
  | { readonly kind: 'words'; readonly label: string; readonly value: readonly string[] | null }
  | { readonly kind: 'list'; readonly label: string; readonly value: readonly string[] | null };

/** The fields every cached image has, from msb's database. */
export function listKnownFields(config: ImageConfig): readonly ConfigField[] {
  return [
    { kind: 'words', label: 'Entrypoint', value: config.entrypoint },
    { kind: 'words', label: 'Command', value: config.cmd },
    { kind: 'text', label: 'Working directory', value: config.workingDir },
    { kind: 'text', label: 'User', value: config.user },
  ];
}

/** The fields that only the raw config JSON tells. */
export function listRawFields(config: ImageConfig): readonly ConfigField[] {
  return [
    { kind: 'text', label: 'Stop signal', value: config.stopSignal },
    { kind: 'list', label: 'Exposed ports', value: config.exposedPorts },
    { kind: 'list', label: 'Volumes', value: config.volumes },
    { kind: 'text', label: 'Health check', value: config.healthcheck },
    { kind: 'words', label: 'Shell', value: config.shell },
    { kind: 'list', label: 'On build', value: config.onBuild },
    { kind: 'text', label: 'Author', value: config.author },
    { kind: 'text', label: 'Created', value: config.created },
  ];
}

/** `KEY=value` entries cut at the first `=`. */
export function splitEnv(env: readonly string[]): readonly Pair[] {
  return env.map((entry) => {
    const cut = entry.indexOf('=');
    return cut < 0 ? { key: entry, value: null } : { key: entry.slice(0, cut), value: entry.slice(cut + 1) };
  });
}

/** Labels by name. */
export function sortLabels(labels: Readonly<Record<string, string>> | null): readonly Pair[] {
  return Object.entries(labels ?? {})
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The pairs whose name or value contains `needle`, whatever the case; all of them for an empty needle. */
export function filterPairs(pairs: readonly Pair[], needle: string): readonly Pair[] {
  const wanted = needle.trim().toLowerCase();
  if (wanted === '') return pairs;
  return pairs.filter(
    (pair) => pair.key.toLowerCase().includes(wanted) || pair.value?.toLowerCase().includes(wanted),
  );
}
