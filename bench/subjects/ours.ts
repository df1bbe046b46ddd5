import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createEngine } from '../../src-main/engine/index.ts';
import type { PlanAction } from '../../src-shared/domain/plan.ts';
import type { CallName, InputOf, ValueOf } from '../../src-shared/ipc/contract.ts';
import { answer, type Job, readJob, repeated, timed, touchRow } from './job.ts';

// Our engine through its contract, in this thread: the worker and the hosts add a message each way.

const job = readJob();
const own = mkdtempSync(join(tmpdir(), 'strata-bench-own-'));
const engine = createEngine({
  homeOption: job.home,
  startWithSample: false,
  env: {},
  userHome: own,
  sampleArchive: join(own, 'none'),
  scratchDir: own,
  dataDir: own,
});

async function call<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<ValueOf<Name>> {
  return engine.handlers[name](input, { signal: new AbortController().signal, emit: () => {} });
}

const TASKS: Readonly<Record<Job['task'], () => Promise<Parameters<typeof answer>[0]>>> = {
  list: async () => {
    const list = () => call('images.list', {});
    return { ms: await repeated(job, list, (turn) => touchRow(job, turn)) };
  },
  'list-again': async () => ({ ms: await repeated(job, () => call('images.list', {})) }),
  inspect: async () => {
    await call('images.facts', {});
    const { references } = job;
    const reference = (turn: number) => references[turn % references.length]!;
    return { ms: await repeated(job, (turn) => call('images.inspect', { reference: reference(turn) })) };
  },
  inventory: async () => {
    const cold = await timed(() => call('images.facts', {}));
    const again = await repeated(job, () => call('cache.usage', {}));
    const facts = await repeated(job, () => call('images.facts', {}));
    const inspect = () => call('images.inspect', { reference: job.references[0]! });
    const changed: number[] = [];
    const touched: number[] = [];
    const factsAfter: number[] = [];
    for (let turn = 0; turn < job.repeats; turn += 1) {
      changeFromOutside(turn);
      changed.push(await timed(inspect));
    }
    // A folder that changed a moment ago is listed again at every look.
    await pause(SETTLING_MS);
    for (let turn = 0; turn < job.repeats; turn += 1) {
      touchRow(job, turn);
      touched.push(await timed(inspect));
      factsAfter.push(await timed(() => call('images.facts', {})));
    }
    return {
      ms: [cold],
      facts: {
        usageMs: median(again),
        factsMs: median(facts),
        changedMs: median(changed),
        touchedMs: median(touched),
        factsAfterMs: median(factsAfter),
      },
    };
  },
  idle: async () => ({ ms: [] }),
  prune: () => remove({ kind: 'prune', policy: {} }),
  'prune-cold': async () => ({
    ms: [await timed(() => call('cache.prune', { policy: {}, undoMinutes: 0 }))],
  }),
  remove: () => remove({ kind: 'remove', references: job.references, force: false }),
};

/** How long after its change a folder counts as new to the engine. */
const SETTLING_MS = 2500;

/** Another program publishes a layer that no row knows, and takes it away the next time. */
function changeFromOutside(turn: number): void {
  const layers = join(job.home, 'cache', 'layers');
  const file = join(layers, `sha256_${'5'.repeat(64)}.erofs`);
  const model = readdirSync(layers).find((name) => name.endsWith('.erofs'))!;
  if (turn % 2 === 0) copyFileSync(join(layers, model), file);
  else rmSync(file);
}

/** As in the window: the cache is shown, the plan is looked at, and then the button is pressed. */
async function remove(action: PlanAction): Promise<Parameters<typeof answer>[0]> {
  await call('images.facts', {});
  let planId = '';
  const planMs = await timed(async () => {
    planId = (await call('cache.plan', { action: action as InputOf<'cache.plan'>['action'] })).planId;
  });
  const ms = await timed(() =>
    action.kind === 'prune'
      ? call('cache.prune', { policy: {}, planId, undoMinutes: 0 })
      : call('images.remove', { references: [...job.references], force: false, planId, undoMinutes: 0 }),
  );
  return { ms: [ms], facts: { planMs } };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

answer(await TASKS[job.task]());
