import { formatAge, formatBytes, formatCount, type SizeUnits } from '../../src-shared/domain/format.ts';
import { describeHolder } from '../../src-shared/domain/holder.ts';
import {
  type ImageFacts,
  type ImageHandle,
  type ImageInspection,
  severityOf,
} from '../../src-shared/domain/image.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import type { Call } from './call.ts';
import type { ReadingCommand } from './command.ts';
import type { ExitCode, Terminal } from './run-cli.ts';
import { renderTable } from './table.ts';
import { terminalJson, terminalText } from './terminal-text.ts';

/** `list`, `usage` and `inspect`: what is in the cache. */
export async function runReading(command: ReadingCommand, call: Call, terminal: Terminal): Promise<ExitCode> {
  terminal.out(await answer(command, call));
  return 0;
}

async function answer(command: ReadingCommand, call: Call): Promise<string> {
  const { sizeUnits } = (await call('settings.get', {})).settings;
  switch (command.kind) {
    case 'list': {
      const handles = await call('images.list', {});
      if (command.asJson) return `${terminalJson(handles)}\n`;
      return listText(handles, await call('images.facts', {}), sizeUnits);
    }
    case 'usage': {
      const usage = await call('cache.usage', {});
      return command.asJson ? `${terminalJson(usage)}\n` : usageText(usage, sizeUnits);
    }
    case 'inspect': {
      const image = await call('images.inspect', { reference: command.reference });
      return command.asJson ? `${terminalJson(image)}\n` : inspectionText(image, sizeUnits);
    }
  }
}

function listText(handles: readonly ImageHandle[], facts: readonly ImageFacts[], units: SizeUnits): string {
  if (handles.length === 0) return 'No images.\n';
  const factsOf = new Map(facts.map((one) => [one.reference, one]));
  const nowMs = Date.now();
  const rows = handles.map((handle) => ({ handle, facts: factsOf.get(handle.reference) ?? null }));
  return renderTable(
    [
      { title: 'REFERENCE', text: ({ handle }) => terminalText(handle.reference) },
      { title: 'DIGEST', text: ({ handle }) => shortDigest(handle.manifestDigest) },
      { title: 'LAYERS', isNumber: true, text: ({ handle }) => formatCount(handle.layerCount) },
      { title: 'ON DISK', isNumber: true, text: (row) => formatBytes(row.facts?.onDiskBytes ?? null, units) },
      {
        title: 'FREED IF REMOVED',
        isNumber: true,
        text: (row) => formatBytes(row.facts?.freedIfRemovedBytes ?? null, units),
      },
      { title: 'CREATED', text: ({ handle }) => formatAge(handle.createdAt, nowMs) },
      { title: 'STATE', text: (row) => terminalText(stateOf(row.facts)) },
    ],
    rows,
  );
}

function stateOf(facts: ImageFacts | null): string {
  if (facts === null) return '';
  const held = facts.holders.length === 0 ? [] : [`held by ${facts.holders.map(describeHolder).join(', ')}`];
  return [...STATES[severityOf(facts.damage)], ...held].join('; ');
}

const STATES = { healthy: [], warning: ['metadata lost'], damaged: ['damaged'] } as const;

/** `sha256:917a282903a5` is enough to tell images apart; `inspect` and --json have all of it. */
function shortDigest(digest: string): string {
  return terminalText(/^[a-z0-9]+:[0-9a-f]{12}/.exec(digest)?.[0] ?? digest);
}

function usageText(usage: Usage, units: SizeUnits): string {
  const lines = renderTable(
    [
      { title: 'CATEGORY', text: (line) => line.category },
      { title: 'FILES', isNumber: true, text: (line) => formatCount(line.files) },
      { title: 'ON DISK', isNumber: true, text: (line) => formatBytes(line.allocatedBytes, units) },
    ],
    [...usage.lines, { category: 'total', files: usage.files, allocatedBytes: usage.totalBytes }],
  );
  const reclaimable = (['gcLayers', 'gc', 'prune'] as const).map((action) => {
    const { count, bytes } = usage[action];
    const verb = action === 'gcLayers' ? 'gc-layers' : action;
    return `${verb} would free ${formatBytes(bytes, units)} (${formatCount(count)} ${count === 1 ? 'item' : 'items'}).\n`;
  });
  const busy = usage.isBusy ? 'msb is at work: files stay until it has finished.\n' : '';
  return `${lines}\n${reclaimable.join('')}${busy}`;
}

function inspectionText(image: ImageInspection, units: SizeUnits): string {
  const { handle, config, facts, layers } = image;
  const { platform } = facts;
  const fields: readonly (readonly [string, string | null])[] = [
    ['reference', handle.reference],
    ['manifest digest', handle.manifestDigest],
    ['config digest', config?.digest ?? null],
    ['also named', facts.otherReferences.join(', ')],
    [
      'platform',
      platform === null
        ? null
        : [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/'),
    ],
    ['created', handle.createdAt],
    ['last used', handle.lastUsedAt],
    ['download size', formatBytes(handle.sizeBytes, units)],
    ['on disk', formatBytes(facts.onDiskBytes, units)],
    ['freed if removed', formatBytes(facts.freedIfRemovedBytes, units)],
    ['held by', facts.holders.map(describeHolder).join(', ')],
    ['damage', facts.damage.map(({ kind, detail }) => `${kind}: ${detail}`).join('; ')],
    ['entrypoint', words(config?.entrypoint)],
    ['cmd', words(config?.cmd)],
    ['working dir', config?.workingDir ?? null],
    ['user', config?.user ?? null],
    ['stop signal', config?.stopSignal ?? null],
    ...(config?.env ?? []).map((variable) => ['env', variable] as const),
    ...Object.entries(config?.labels ?? {}).map(([key, value]) => ['label', `${key}=${value}`] as const),
  ];
  const known = fields.filter(([, value]) => value !== null && value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  const text = known.map(([name, value]) => `${name.padEnd(width)}  ${terminalText(value ?? '')}\n`).join('');
  const table = renderTable(
    [
      { title: 'LAYER', isNumber: true, text: ({ position }) => String(position) },
      { title: 'DIFF ID', text: ({ diffId }) => shortDigest(diffId) },
      { title: 'ON DISK', isNumber: true, text: (layer) => formatBytes(layer.allocatedSizeBytes, units) },
      { title: 'SHARED WITH', isNumber: true, text: (layer) => formatCount(layer.sharedWith.length) },
      { title: 'STATE', text: ({ state }) => state.kind },
      { title: 'CREATED BY', text: ({ createdBy }) => terminalText(createdBy ?? '') },
    ],
    layers,
  );
  return `${text}\n${table}`;
}

function words(list: readonly string[] | null | undefined): string | null {
  return list === null || list === undefined ? null : JSON.stringify(list);
}
