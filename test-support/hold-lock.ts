import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

export interface HeldLock {
  /** The process that holds it. */
  readonly pid: number;
  /** Resolves once the lock is free again. */
  release(): Promise<void>;
}

/**
 * Takes flock(2) on an existing file in a process of its own, as a second msb would. Resolves once it is
 * held, so it waits while somebody else holds it.
 *
 * @throws Error when the file is not there, and on Windows, which has no flock.
 */
export async function holdLock(file: string, { isShared = false } = {}): Promise<HeldLock> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER], {
    env: { ...process.env, LOCK_FILE: file, LOCK_SHARED: isShared ? '1' : '', KOFFI: koffiFile() },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const started = await Promise.race([once(child.stdout, 'data'), ended.then(() => null)]);
  if (started === null) throw new Error(`could not lock ${file}: ${said.trim()}`);
  return {
    pid: child.pid!,
    release: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function koffiFile(): string {
  return createRequire(import.meta.url).resolve('koffi');
}

/** Ends with its standard input, so a test that dies takes its locks along. */
const HOLDER = `
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
const koffi = createRequire('file:///')(process.env.KOFFI);
const library = koffi.load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6');
const flock = library.func('int flock(int fd, int operation)');
const LOCK_SH = 1;
const LOCK_EX = 2;
const fd = openSync(process.env.LOCK_FILE, 'r');
if (flock(fd, process.env.LOCK_SHARED ? LOCK_SH : LOCK_EX) !== 0) throw new Error('flock failed');
process.stdout.write('held');
process.stdin.resume();
`;
