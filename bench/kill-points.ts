import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HostileClient } from '../src-main/engine/hostile/client.fixture.ts';
import type { CallName } from '../src-shared/ipc/contract.ts';
import { age } from '../test-support/age.ts';
import { makeCache, type TestCache } from '../test-support/cache.ts';
import { checkDatabase, checkHeldImages, leftBehind } from '../test-support/check-cache.ts';
import { addFlatDisk } from '../test-support/flat-disks.ts';
import { ALL_GARBAGE, addGarbage } from '../test-support/garbage.ts';
import { standardImages } from '../test-support/images.ts';
import { runMsb } from '../test-support/msb.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { scratchDir } from '../test-support/scratch.ts';
import { addSnapshot } from '../test-support/snapshots.ts';
import { seededRandom } from '../test-support/tar-writer.ts';

/** One removal that was killed, and everything that was wrong afterwards. */
export interface KillOutcome {
  /** For a person: which call, and where it was hit. */
  readonly point: string;
  /** False when the call was over before it was hit. */
  readonly wasKilled: boolean;
  readonly problems: readonly string[];
}

interface Scene {
  readonly name: string;
  readonly home: string;
  readonly dataDir: string;
  readonly call: CallName;
  readonly input: unknown;
  /** How many changes to files the whole call makes. */
  readonly changes: number;
  /** How long it takes, in milliseconds. */
  readonly tookMs: number;
}

/** Held by a sandbox and by a snapshot; everything else may go. */
const HELD = ['alpine', 'ghcr.io/acme/app:1'];
const LONG_AGO_MS = 30 * 86_400_000;

/** Kills removals, collections and undos of a real cache at random points, each on a copy of its own. */
export async function killAtRandom(
  points: number,
  seed: number,
  onOutcome: (outcome: KillOutcome) => void,
): Promise<void> {
  const random = seededRandom(seed);
  const scenes = await makeScenes();
  for (let point = 0; point < points; point += 1) {
    const scene = scenes[point % scenes.length]!;
    onOutcome(await killOnce(scene, random));
  }
}

async function makeScenes(): Promise<readonly Scene[]> {
  const cache = await makeCache({ images: standardImages() });
  addSandbox(cache.home, { name: 'agent-7', reference: HELD[0]!, status: 'Running', withRootfs: false });
  addSnapshot(cache.home, { name: 'warm', reference: HELD[1]! });
  addFlatDisk(cache.home, cache.image('python:3.12').manifestDigest, {
    virtualSizeBytes: 2 ** 20,
    contentBytes: 9000,
  });
  await addGarbage(cache.home, ALL_GARBAGE);
  const removal = {
    references: ['python:3.12', 'docker.io/library/python:3', 'ghcr.io/acme/app:2'],
    force: true,
  };
  return [
    await measure(cache, 'gc', 'cache.gc', {}),
    await measure(cache, 'prune', 'cache.prune', { policy: {} }),
    await measure(cache, 'remove', 'images.remove', removal),
    await measure(cache, 'forced removal of held images', 'images.remove', { references: HELD, force: true }),
    await measure(cache, 'prune that can be undone', 'cache.prune', { policy: {} }, 60),
    await measure(await withRemoval(cache), 'undo', 'undo.restore', 'the first', 60),
    await measure(await withRemoval(cache), 'emptying', 'undo.empty', { all: true }, 60),
    await measure(withLeftover(cache), 'gc of what a killed gc left', 'cache.gc', {}),
    await measure(withManyLayers(cache), 'gc with a thread that unlinks', 'cache.gc', {}),
  ];
}

/** A copy with a removal that can be undone. */
async function withRemoval(cache: Pick<TestCache, 'home'>): Promise<Pick<TestCache, 'home'>> {
  const home = copy(cache.home);
  const data = scratchDir('kill-data');
  const client = new HostileClient(home, data);
  await client.call('settings.set', { undoMinutes: 60 });
  await client.call('cache.prune', { policy: {} });
  client.close();
  return { home };
}

/** A copy whose collection was killed in its middle. */
function withLeftover(cache: Pick<TestCache, 'home'>): Pick<TestCache, 'home'> {
  const home = copy(cache.home);
  try {
    execFileSync(
      process.execPath,
      [CHILD, home, scratchDir('kill-data'), 'cache.gc', '{"undoMinutes":0}', '25'],
      {
        input: 'go\n',
        stdio: 'pipe',
      },
    );
  } catch {
    // It has killed itself.
  }
  ageEverything(join(home, 'cache'));
  return { home };
}

/** A copy with so many layers that nobody needs that a thread of their own unlinks them. */
function withManyLayers(cache: Pick<TestCache, 'home'>): Pick<TestCache, 'home'> {
  const home = copy(cache.home);
  const layers = join(home, 'cache', 'layers');
  const model = readdirSync(layers).find((name) => name.endsWith('.erofs'))!;
  for (let number = 1; number <= 2100; number += 1) {
    const digest = number.toString(16).padStart(64, '0');
    copyFileSync(join(layers, model), join(layers, `sha256_${digest}.erofs`));
  }
  ageEverything(layers);
  return { home };
}

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));

/** Runs the call once to its end, on a copy. */
async function measure(
  cache: Pick<TestCache, 'home'>,
  name: string,
  call: CallName,
  wanted: unknown,
  undoMinutes = 0,
): Promise<Scene> {
  const dataDir = scratchDir('kill-data');
  const client = new HostileClient(cache.home, dataDir);
  await client.call('settings.set', { undoMinutes });
  const [first] = await client.call('undo.list', {});
  client.close();
  const input = wanted === 'the first' ? { id: first!.id } : wanted;
  const scene: Scene = { name, home: cache.home, dataDir, call, input, changes: 0, tookMs: 0 };
  const home = copy(cache.home);
  const { said, wasKilled, tookMs } = await run(scene, home, {
    killAt: 0,
    afterMs: Number.POSITIVE_INFINITY,
  });
  if (wasKilled || !(Number(said) > 0)) throw new Error(`${name} did not end: ${said}`);
  rmSync(home, { recursive: true });
  return { ...scene, changes: Number(said), tookMs };
}

async function killOnce(scene: Scene, random: () => number): Promise<KillOutcome> {
  const home = copy(scene.home);
  const byTime = random() % 3 === 0;
  const killAt = byTime ? 0 : 1 + (random() % scene.changes);
  const afterMs = byTime
    ? ((random() % 1000) / 1000) * Math.min(scene.tookMs, 300)
    : Number.POSITIVE_INFINITY;
  const point = `${scene.name}, ${byTime ? `after ${afterMs.toFixed(1)} ms` : `before change ${killAt} of ${scene.changes}`}`;
  const { wasKilled } = await run(scene, home, { killAt, afterMs });
  const problems = [...(await checkAfter(home, 'after the kill')), ...(await finish(home, scene.dataDir))];
  rmSync(home, { recursive: true });
  return { point, wasKilled, problems };
}

async function run(
  { dataDir, call, input }: Scene,
  home: string,
  { killAt, afterMs }: { readonly killAt: number; readonly afterMs: number },
): Promise<{ readonly said: string; readonly wasKilled: boolean; readonly tookMs: number }> {
  const child = spawn(process.execPath, [CHILD, home, dataDir, call, JSON.stringify(input), `${killAt}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  child.stdin.on('error', () => {});
  await once(child.stdout, 'data');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  // The call alone counts: how long a process takes to start says nothing about when to kill it.
  const startMs = performance.now();
  child.stdin.write('go\n');
  if (Number.isFinite(afterMs)) {
    await Promise.race([delay(afterMs), ended]);
    child.kill('SIGKILL');
  }
  const [, signal] = (await ended) as [number | null, string | null];
  return { said: said.trim(), wasKilled: signal === 'SIGKILL', tookMs: performance.now() - startMs };
}

/** What must hold at every instant. */
async function checkAfter(home: string, when: string): Promise<readonly string[]> {
  const problems = [...checkDatabase(home), ...checkHeldImages(home)];
  try {
    await runMsb(home, ['image', 'ls']);
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems.map((problem) => `${when}: ${problem}`);
}

/** The next collection finishes the job, whatever was left. */
async function finish(home: string, dataDir: string): Promise<readonly string[]> {
  ageEverything(join(home, 'cache'));
  const client = new HostileClient(home, scratchDir('kill-data'));
  try {
    await client.call('cache.gc', {});
    if ((await client.call('undo.list', {})).length > 0) await client.call('undo.empty', { all: true });
    ageEverything(join(home, 'cache'));
    await client.call('cache.gc', {});
    const { items } = await client.plan({ kind: 'gc' });
    const left = items.map(({ kind, name }) => `still to be collected: ${kind} ${name}`);
    return [...(await checkAfter(home, 'after the collection')), ...left, ...leftBehind(home, HELD)];
  } finally {
    client.close();
    rmSync(join(dataDir, 'activity.jsonl'), { force: true });
  }
}

function copy(home: string): string {
  const target = join(scratchDir('killed'), 'home');
  // Keeps sparse files sparse, which Node's own copy does not.
  execFileSync('cp', ['-a', home, target]);
  return target;
}

function ageEverything(path: string): void {
  const stats = lstatSync(path);
  if (stats.isDirectory()) for (const name of readdirSync(path)) ageEverything(join(path, name));
  age(path, LONG_AGO_MS);
}
