import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HostileClient, isRefused, type Outcome } from '../src-main/engine/hostile/client.fixture.ts';
import type { Plan, PlanAction, Report } from '../src-shared/domain/plan.ts';
import { makeCache } from '../test-support/cache.ts';
import { fillAtRandom } from '../test-support/random-home.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { seededRandom } from '../test-support/tar-writer.ts';

export interface PlanResult {
  /** What went, of any kind: caches on which nothing could go prove little. */
  readonly removedItems: number;
  readonly bytes: number;
  readonly isUndoable: boolean;
  /** Null for an action that was refused, as one for an image in use is. */
  readonly problems: readonly string[] | null;
}

/**
 * Makes random caches of real files and rows, plans a random action on each, and carries it out: the bytes announced,
 * those the report says were freed, and those by which a walk of our own finds less must be the same.
 */
export async function compareAtRandom(
  caches: number,
  seed: number,
  onResult: (result: PlanResult, index: number) => void,
): Promise<void> {
  const { home, cacheDir, dispose } = await makeCache();
  const random = seededRandom(seed);
  const client = new HostileClient(home, scratchDir('plan-result'));
  try {
    for (let index = 0; index < caches; index += 1)
      onResult(await compareOnce(client, home, cacheDir, random), index);
  } finally {
    client.close();
    dispose();
  }
}

async function compareOnce(
  client: HostileClient,
  home: string,
  cacheDir: string,
  random: () => number,
): Promise<PlanResult> {
  const { references } = fillAtRandom(home, random);
  const isUndoable = random() % 4 === 0;
  await client.call('settings.set', { undoMinutes: isUndoable ? 60 : 0 });
  const action = randomAction(references, random);
  const plan = await client.outcome('cache.plan', { action: action as never });
  if (isRefused(plan)) return { removedItems: 0, bytes: 0, isUndoable, problems: null };
  const before = walk(cacheDir);
  const outcome = await apply(client, action, (plan as Plan).planId);
  if (isRefused(outcome)) {
    const problems = [`refused what was planned: ${outcome.refused.code}`];
    return { removedItems: 0, bytes: 0, isUndoable, problems };
  }
  const report = outcome as Report;
  const problems = isUndoable
    ? await judgeUndoable(client, plan as Plan, report, before, cacheDir, random)
    : judge(plan as Plan, report, before, cacheDir);
  return {
    removedItems: report.removed.length,
    bytes: (plan as Plan).bytes,
    isUndoable,
    problems: problems.map((problem) => `${JSON.stringify(action)}: ${problem}`),
  };
}

function judge(plan: Plan, report: Report, before: Walk, cacheDir: string): readonly string[] {
  return [
    ...differ('freed by the report', plan.bytes, report.bytesFreed),
    ...differ('freed by the walk', plan.bytes, freedBetween(before, walk(cacheDir))),
    ...differ('steps removed', plan.items.length, report.removed.length),
  ];
}

/** Set aside it frees nothing; emptied it frees what was announced; restored it changes nothing. */
async function judgeUndoable(
  client: HostileClient,
  plan: Plan,
  report: Report,
  before: Walk,
  cacheDir: string,
  random: () => number,
): Promise<readonly string[]> {
  const aside = report.bytesSetAside ?? 0;
  const problems = [
    ...differ('set aside or freed by the report', plan.bytes, aside + report.bytesFreed),
    ...differ('freed while set aside', report.bytesFreed, freedBetween(before, walk(cacheDir, JOURNAL))),
  ];
  if (report.undoId === undefined) return problems;
  const isRestored = random() % 2 === 0;
  await client.call(isRestored ? 'undo.restore' : 'undo.empty', { id: report.undoId });
  const left = isRestored ? report.bytesFreed : plan.bytes;
  return [...problems, ...differ('freed in the end', left, freedBetween(before, walk(cacheDir)))];
}

function differ(what: string, announced: number, found: number): readonly string[] {
  return announced === found ? [] : [`${announced} announced, ${found} ${what}`];
}

function randomAction(references: readonly string[], random: () => number): PlanAction {
  const kind = random() % 5;
  if (kind === 0) return { kind: 'gc' };
  if (kind === 1) return { kind: 'gcLayers' };
  if (kind === 2 || references.length === 0) return { kind: 'prune', policy: randomPolicy(random) };
  const chosen = references.filter(() => random() % 2 === 0);
  const names = chosen.length === 0 ? [references[0]!] : chosen;
  return { kind: 'remove', references: names, force: random() % 2 === 0 };
}

function randomPolicy(random: () => number): Extract<PlanAction, { kind: 'prune' }>['policy'] {
  return {
    ...(random() % 3 === 0 ? { unusedForDays: random() % 30 } : {}),
    ...(random() % 4 === 0 ? { cacheUnderBytes: random() % 300_000 } : {}),
    ...(random() % 4 === 0 ? { freeAtLeastBytes: random() % 200_000 } : {}),
    ...(random() % 4 === 0 ? { keepNewestPerRepository: random() % 2 } : {}),
  };
}

function apply(client: HostileClient, action: PlanAction, planId: string): Promise<Outcome> {
  const { kind, ...input } = action;
  switch (kind) {
    case 'remove':
      return client.outcome('images.remove', { ...input, planId } as never);
    case 'gcLayers':
      return client.outcome('cache.gcLayers', { planId });
    case 'gc':
      return client.outcome('cache.gc', { planId });
    case 'prune':
      return client.outcome('cache.prune', { ...input, planId } as never);
  }
}

/** By inode: its blocks in bytes, and how many of its names are not among what was walked. */
type Walk = ReadonlyMap<string, { readonly bytes: number; readonly namesElsewhere: number }>;

const JOURNAL = /^undo\.json$/;
/** Itself it comes and goes with what is in it. */
const OWN_FOLDER = '.strata';

/** Everything below a folder that has a name, by `lstat` alone. */
function walk(folder: string, ignored: RegExp | null = null): Walk {
  const found = new Map<string, { bytes: number; namesElsewhere: number }>();
  const pending = [folder];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stats = lstatSync(path, { bigint: true });
    const known = found.get(`${stats.ino}`);
    const namesElsewhere = stats.isDirectory() ? 0 : (known?.namesElsewhere ?? Number(stats.nlink)) - 1;
    const bytes = basename(path) === OWN_FOLDER ? 0 : Number(stats.blocks) * 512;
    found.set(`${stats.ino}`, { bytes, namesElsewhere });
    if (!stats.isDirectory()) continue;
    for (const name of readdirSync(path)) if (!ignored?.test(name)) pending.push(join(path, name));
  }
  return found;
}

/** An inode that has names elsewhere keeps its blocks; what is new or has grown takes some. Our own folder is neither. */
function freedBetween(before: Walk, after: Walk): number {
  let freed = 0;
  for (const [inode, { bytes, namesElsewhere }] of before)
    freed += after.has(inode) ? bytes - after.get(inode)!.bytes : namesElsewhere === 0 ? bytes : 0;
  return freed;
}
