import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { CallName } from '../src-shared/ipc/contract.ts';

/**
 * An engine that may be killed at any moment: `kill-child.ts HOME DATA CALL INPUT [N]`. Says `ready`, waits for a line
 * on its standard input, makes the call, and says how many changes it made to files. With N it kills itself, as
 * SIGKILL does, right before the Nth of them.
 */
const [home = '', dataDir = '', call = '', input = '{}', killAt = '0'] = process.argv.slice(2);

/** Everything by which files are changed. SQLite's own writes are not among them: those are hit by time. */
const CHANGES = [
  'linkSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmdirSync',
  'rmSync',
  'unlink',
  'unlinkSync',
  'writeSync',
] as const;
let changes = 0;

function countChanges(): void {
  const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of CHANGES) {
    const original = functions[name]!;
    functions[name] = (...args) => {
      if (name !== 'openSync' || isForWriting(args[1])) {
        changes += 1;
        if (changes === Number(killAt)) process.kill(process.pid, 'SIGKILL');
      }
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}

function isForWriting(flags: unknown): boolean {
  return typeof flags === 'string'
    ? flags !== 'r'
    : (Number(flags) & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
}

countChanges();
const { createEngine } = await import('../src-main/engine/index.ts');
const engine = createEngine({
  homeOption: home,
  startWithSample: false,
  env: {},
  userHome: dataDir,
  sampleArchive: `${dataDir}/none`,
  scratchDir: dataDir,
  dataDir,
});
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
changes = 0;
const handler = engine.handlers[call as CallName] as (input: unknown, context: unknown) => unknown;
await handler(JSON.parse(input), { signal: new AbortController().signal, emit: () => {} });
process.stdout.write(`${changes}\n`);
process.exit();
