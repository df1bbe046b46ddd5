import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import Database from 'better-sqlite3';

/**
 * A process that does one thing to a cache and is killed, as by `kill -9`, before its nth change to the disk:
 * `node killed.fixture.ts <home> <data folder> <n> remove <reference> | restore <id> | empty <id>`. It prints `done`
 * when it got to the end.
 */

const [home, dataDir, last, verb, argument] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
let changes = 0;

function beforeChange(): void {
  changes += 1;
  if (changes === Number(last)) process.kill(process.pid, 'SIGKILL');
}

/** Calls of `target[name]` count as changes. */
function count(target: object, name: string): void {
  const methods = target as Record<string, (...values: unknown[]) => unknown>;
  const original = methods[name]!;
  methods[name] = function counted(this: unknown, ...values: unknown[]) {
    beforeChange();
    return original.apply(this, values);
  };
}

for (const name of ['renameSync', 'unlinkSync', 'unlink', 'rmSync', 'rmdirSync', 'mkdirSync', 'writeSync'])
  count(fs, name);
syncBuiltinESMExports();
const memory = new Database(':memory:');
count(Object.getPrototypeOf(memory.prepare('SELECT 1')) as object, 'run');
count(Object.getPrototypeOf(memory) as object, 'exec');
memory.close();

const { createEngine } = await import('../index.ts');
const { handlers, close } = createEngine({
  homeOption: home,
  startWithSample: false,
  env: {},
  userHome: home,
  sampleArchive: '',
  scratchDir: dataDir,
  dataDir,
});
const context = { signal: new AbortController().signal, emit: () => {} };
if (verb === 'remove') await handlers['images.remove']({ reference: argument, force: false }, context);
else if (verb === 'restore') await handlers['undo.restore']({ id: argument }, context);
else await handlers['undo.empty']({ id: argument }, context);
close();
process.stdout.write('done');
