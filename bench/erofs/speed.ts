/**
 * How fast a layer of 200,000 files is read, beside the tools that can do the like:
 *
 *   node --expose-gc bench/erofs/speed.ts [entries]
 *
 * Needs msb for this platform, GNU tar and dd; erofs-utils where there. To reach: the first directory in under
 * 50 ms, the whole index at least 3 times faster than `tar -tvf` and no slower than `dump.erofs -S`, at most 200
 * bytes of memory for each entry, and no turn of the event loop over 50 ms.
 */
import { spawnSync } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { buildTreeIndex, openErofs, type TreeIndex } from '../../src-main/engine/erofs/index.ts';
import { createTreeReader, type LayerTree } from '../../src-main/engine/layers/index.ts';
import { type BigLayer, flat, makeBigLayer, packages } from './big-layer.ts';
import { dropFromPageCache, hasProgram, median, printTable, runProgram, sideBySide } from './measure.ts';

const total = Number(process.argv[2] ?? 200_000);
const ROUNDS = 9;

const layer = await makeBigLayer(() => packages(total));
const oneFolder = await makeBigLayer(() => flat(total));
console.log(
  `node ${process.version}, ${layer.entries} entries in packages, ${oneFolder.entries} in one directory`,
);

await compareWholeIndex(layer);
await measureNewProcess(layer);
await measureFirstDirectory('packages', layer, '/usr/lib/node_modules');
await measureFirstDirectory('one directory', oneFolder, '/flat');
await measureMemory(layer);
await measureCalls(layer);

async function compareWholeIndex({ tar, erofs }: BigLayer): Promise<void> {
  const tools: Record<string, () => void> = {
    'tar -tvf': () => runProgram('tar', ['-tvf', tar]),
    'tar -tf': () => runProgram('tar', ['-tf', tar]),
  };
  if (hasProgram('dump.erofs')) tools['dump.erofs -S'] = () => runProgram('dump.erofs', ['-S', erofs]);
  if (hasProgram('fsck.erofs')) tools['fsck.erofs'] = () => runProgram('fsck.erofs', [erofs]);
  const times = await sideBySide(ROUNDS, { 'Strata, whole index': () => indexOf(erofs), ...tools });
  printTable('whole tree, warm page cache', times, 'Strata, whole index');
}

async function indexOf(erofs: string): Promise<TreeIndex> {
  const image = openErofs(erofs);
  const index = await buildTreeIndex(image);
  image.close();
  return index;
}

/** What the first index of a session costs, before the code is compiled: time in a new process, start left out. */
async function measureNewProcess({ erofs }: BigLayer): Promise<void> {
  const module = new URL('../../src-main/engine/erofs/index.ts', import.meta.url).href;
  const script = `
    const { openErofs, buildTreeIndex } = await import(${JSON.stringify(module)});
    const start = performance.now();
    const image = openErofs(process.argv[1]);
    await buildTreeIndex(image);
    console.log(performance.now() - start);`;
  const times = Array.from({ length: ROUNDS }, () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, erofs]);
    return Number(stdout.toString());
  });
  console.log(`\nwhole index, first of a new process: ${median(times).toFixed(1)} ms`);
}

async function measureFirstDirectory(name: string, layer: BigLayer, inner: string): Promise<void> {
  const tree = treeOf(layer);
  const open = async (path: string) => {
    const reader = createTreeReader();
    const { entries, omitted } = await reader.listDirectory(tree, path);
    reader.close();
    if (entries.length + omitted === 0) throw new Error(`${path} is empty`);
  };
  const times = new Map<string, number[]>();
  for (const path of ['/', inner]) {
    times.set(`${path}, warm`, (await sideBySide(ROUNDS, { it: () => open(path) })).get('it')!);
    const cold: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      dropFromPageCache(layer.erofs);
      cold.push((await sideBySide(1, { it: () => open(path) })).get('it')![0]!);
    }
    times.set(`${path}, cold`, cold);
  }
  printTable(`a directory of the layer (${name})`, times, '/, warm');
}

async function measureMemory({ erofs }: BigLayer): Promise<void> {
  const used = () => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const index = await indexOf(erofs);
  const bytes = used() - before;
  const perEntry = (count: number) => (count / index.count).toFixed(1);
  const note = globalThis.gc === undefined ? ' (run with --expose-gc for a number that means something)' : '';
  console.log(
    `\nmemory: ${perEntry(bytes)} bytes per entry${note}, of which columns ${perEntry(index.memoryBytes)}`,
  );
}

/** The calls of the Files tab, and how long each keeps the event loop. */
async function measureCalls(layer: BigLayer): Promise<void> {
  const tree = treeOf(layer);
  const reader = createTreeReader();
  const search = { query: 'module-3', limit: 1000, changesOnly: false, minimumBytes: 0 };
  const calls: Record<string, () => Promise<unknown>> = {
    'efficiency, first': () => reader.efficiency(tree),
    'efficiency, again': () => reader.efficiency(tree),
    search: () => reader.searchTree(tree, search),
    compare: () => reader.compareTrees(tree, tree),
    'find a path': () =>
      reader.findPath(tree.layers[0]!, '/usr/lib/node_modules/@scope-3/package-3/package.json'),
  };
  console.log('\ncalls, and the longest turn of the event loop meanwhile');
  for (const [name, call] of Object.entries(calls)) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    await call();
    const time = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    console.log(
      `  ${name.padEnd(38)} ${time.toFixed(1).padStart(8)} ms  longest ${(delay.max / 1e6).toFixed(1)} ms`,
    );
  }
  reader.close();
}

function treeOf({ erofs, diffId }: BigLayer): LayerTree {
  return { layers: [{ position: 0, diffId, file: erofs }] };
}
