import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareHome, touch } from '../../../test-support/bare-home.ts';
import { type HeldLock, holdLock } from '../../../test-support/hold-lock.ts';
import { runMsb } from '../../../test-support/msb.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { canProbeLocks, isSandboxRunning, probeLock, readLockState, tryLockExclusive } from './locks.ts';
import { flatLockPath, fsmetaLockPath, layerLockPath, metadataLockPath, referenceKey } from './names.ts';
import { createStoreReader, scanStore } from './scan.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const KEY = 'e8f1adef354e6465d41314fafa35b9b339282111c233492e861862dd91deee15';
const isLinux = process.platform === 'linux';
const isWindows = process.platform === 'win32';

async function whileHeld<T>(path: string, work: () => T, options?: { isShared: boolean }): Promise<T> {
  const lock: HeldLock = await holdLock(path, options);
  try {
    return work();
  } finally {
    await lock.release();
  }
}

const ALL_LOCKS = [
  metadataLockPath(KEY)!,
  layerLockPath(digest)!,
  fsmetaLockPath(digest)!,
  flatLockPath(digest)!,
  `tmp/sha256_${'1'.repeat(64)}.download.lock`,
];

describe.skipIf(isWindows)('readLockState', () => {
  it.each(ALL_LOCKS)('sees a pull, load or build that holds %s, and its end', async (path) => {
    const paths = bareHome();
    const file = touch(join(paths.cacheDir, path));
    expect(scanStore(paths).locks).toEqual({ canProbe: true, held: [] });
    expect(await whileHeld(file, () => scanStore(paths).locks)).toEqual({ canProbe: true, held: [path] });
    expect(scanStore(paths).locks.held).toEqual([]);
  });

  it('sees it where nothing else changed', async () => {
    const paths = bareHome();
    const path = layerLockPath(digest)!;
    const file = touch(join(paths.cacheDir, path));
    const reader = createStoreReader(paths);
    const free = reader.read();
    const held = await whileHeld(file, () => reader.read());
    expect(held.locks.held).toEqual([path]);
    expect(held.entries).toBe(free.entries);
    expect(reader.read()).toEqual(free);
  });

  it.skipIf(!isLinux)('sees it in the kernel list, too, without opening a file', async () => {
    const paths = bareHome();
    const path = layerLockPath(digest)!;
    const file = touch(join(paths.cacheDir, path));
    const { entries } = scanStore(paths);
    const state = () => readLockState(paths, entries, { how: 'listed' }).held;
    expect(await whileHeld(file, state)).toEqual([path]);
    expect(state()).toEqual([]);
  });

  it('counts a lock that was held before the files were read, though it is free by now', () => {
    const paths = bareHome();
    const path = layerLockPath(digest)!;
    touch(join(paths.cacheDir, path));
    const { entries } = scanStore(paths);
    const ino = entries.find((entry) => entry.path === path)!.ino;
    const before = {
      holds: (_dev: string, inode: string) => inode === ino,
      inodes: [ino],
      isWhole: false,
      othersOn: () => new Set<string>(),
    };
    expect(readLockState(paths, entries, { before }).held).toEqual([path]);
  });

  it.each(['.msb-leases', '.image-deletions/delete-1'])(
    'sees who only shares a lock in %s',
    async (folder) => {
      const paths = bareHome();
      for (const path of [`layers/${folder}/x.lock`, `${folder}/y.lock`]) {
        const file = touch(join(paths.cacheDir, path));
        touch(join(paths.cacheDir, 'layers', folder, 'free.lock'));
        expect(await whileHeld(file, () => scanStore(paths).locks.held, { isShared: true })).toEqual([path]);
        expect(scanStore(paths).locks.held).toEqual([]);
      }
    },
  );

  it('does not take our own folder for msb at work', async () => {
    const paths = bareHome();
    const file = touch(join(paths.cacheDir, '.strata', '0'.repeat(32), 'active.lock'));
    expect(await whileHeld(file, () => scanStore(paths).locks.held)).toEqual([]);
  });

  it.skipIf(!isLinux)('sees a sandbox being created, but not one that runs', async () => {
    const paths = bareHome();
    mkdirSync(paths.cacheDir);
    const creating = touch(join(paths.runDir, 'creation-locks', 'abc.lock'));
    const running = touch(join(paths.runDir, 'locks', 'abc.lock'));
    const held = () => scanStore(paths).locks.held;
    expect(await whileHeld(creating, held)).toEqual(['run/creation-locks/abc.lock']);
    expect(await whileHeld(running, held)).toEqual([]);
  });

  it.skipIf(!isLinux)('never tries the locks msb takes without waiting', () => {
    const paths = bareHome();
    mkdirSync(paths.cacheDir);
    touch(join(paths.runDir, 'creation-locks', 'abc.lock'));
    touch(join(paths.runDir, 'locks', 'abc.lock'));
    touch(join(paths.cacheDir, layerLockPath(digest)!));
    // Where the kernel's list proves that nobody holds a lock, only those in dot-folders are tried.
    touch(join(paths.cacheDir, 'layers/.msb-leases/x.lock'));
    const calls = flocksOf(`
      import { scanStore, isSandboxRunning } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      const paths = ${JSON.stringify(paths)};
      scanStore(paths);
      isSandboxRunning(paths, 'any');
    `);
    if (calls === null) return console.warn('skipped: strace is not installed');
    expect(calls.filter((line) => line.includes('/run/'))).toEqual([]);
    expect(calls.filter((line) => line.includes('/layers/')).length).toBeGreaterThan(0);
  });

  it('counts temporary files of living processes, by whichever number is the process', () => {
    const paths = bareHome();
    const dead = deadPid();
    for (const name of [
      `load-${dead}-${process.pid}-0.blob`,
      `load-${process.pid}-${dead}-0.blob`,
      `save-${process.pid}-${dead}.layer.tar`,
      `save-${dead}-${process.pid}.layer.tar`,
    ]) {
      touch(join(paths.cacheDir, 'tmp', name));
    }
    expect(scanStore(paths).locks.held.toSorted()).toEqual([
      `tmp/load-${dead}-${process.pid}-0.blob`,
      `tmp/save-${process.pid}-${dead}.layer.tar`,
    ]);
  });

  it('creates nothing, and leaves no lock behind', async () => {
    const paths = bareHome();
    for (const path of ALL_LOCKS) touch(join(paths.cacheDir, path));
    const before = readdirSync(paths.home, { recursive: true });
    scanStore(paths);
    expect(readdirSync(paths.home, { recursive: true })).toEqual(before);
    for (const path of ALL_LOCKS) expect(probeLock(join(paths.cacheDir, path), 'exclusive')).toBe('free');
  });

  it.skipIf(!isLinux)('probes thousands of lock files without leaving one open', () => {
    const paths = bareHome();
    const folder = join(paths.cacheDir, 'layers');
    mkdirSync(folder, { recursive: true });
    for (let i = 0; i < 3000; i += 1) {
      writeFileSync(join(folder, `sha256_${i.toString(16).padStart(64, '0')}.erofs.lock`), '');
    }
    // In a process of its own: here other tests open files as well.
    const out = runModule(`
      import { readdirSync } from 'node:fs';
      import { scanStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      const paths = ${JSON.stringify(paths)};
      scanStore(paths);
      const before = readdirSync('/proc/self/fd').length;
      const { held } = scanStore(paths).locks;
      console.log(JSON.stringify([held, readdirSync('/proc/self/fd').length - before]));
    `);
    expect(JSON.parse(out)).toEqual([[], 0]);
  });
});

describeWithMsb('readLockState beside a real pull', (version) => {
  it('sees it while it waits for the registry, and that it ended', async () => {
    const paths = bareHome();
    // Accepts and never answers, until it hangs up.
    const registry = createServer().listen(0, '127.0.0.1');
    await once(registry, 'listening');
    const { port } = registry.address() as AddressInfo;
    const reference = `127.0.0.1:${port}/app:1`;
    const asked = once(registry, 'connection');
    const pull = runMsb(paths.home, ['pull', reference], { version, expectFailure: true });
    const [socket] = (await asked) as [Socket];
    const reader = createStoreReader(paths);
    expect(reader.read().locks.held).toEqual([metadataLockPath(referenceKey(reference)!)]);
    registry.close();
    socket.destroy();
    await pull;
    expect(reader.read().locks.held).toEqual([]);
  });
});

describe.skipIf(!isLinux)('isSandboxRunning', () => {
  it('goes by the lock that the machine holds for its whole life', async () => {
    const paths = bareHome();
    // The first 32 hexadecimal digits of SHA-256 of `sb2`, as msb names it.
    const file = touch(join(paths.runDir, 'locks', 'e39e61423ee6eba5859a37f14e4c397b.lock'));
    expect(isSandboxRunning(paths, 'sb2')).toBe(false);
    expect(await whileHeld(file, () => isSandboxRunning(paths, 'sb2'))).toBe(true);
    expect(await whileHeld(file, () => isSandboxRunning(paths, 'sb1'))).toBe(false);
  });
});

describe.skipIf(isWindows)('probeLock', () => {
  it('tells free, held, missing and unknown apart', async () => {
    const folder = scratchDir('locks');
    const file = touch(join(folder, 'a.lock'));
    symlinkSync(file, join(folder, 'link.lock'));
    expect(probeLock(file)).toBe('free');
    expect(await whileHeld(file, () => probeLock(file))).toBe('held');
    expect(probeLock(join(folder, 'none.lock'))).toBe('missing');
    expect(existsSync(join(folder, 'none.lock'))).toBe(false);
    expect(probeLock(join(folder, 'link.lock'))).toBe('unknown');
  });

  it('notices those who share a lock only when it asks for all of it', async () => {
    const file = touch(join(scratchDir('locks'), 'a.lock'));
    const states = () => [probeLock(file, 'shared'), probeLock(file, 'exclusive')];
    expect(await whileHeld(file, states, { isShared: true })).toEqual(['free', 'held']);
  });
});

describe.skipIf(isWindows)('tryLockExclusive', () => {
  it('keeps everybody out until it is released', () => {
    const file = touch(join(scratchDir('locks'), 'a.lock'));
    const lock = tryLockExclusive(file);
    expect(lock?.file).toBe(file);
    expect(tryLockExclusive(file)).toBeNull();
    expect(isLockedForOthers(file)).toBe(true);
    lock?.release();
    lock?.release();
    expect(isLockedForOthers(file)).toBe(false);
    expect(existsSync(file)).toBe(true);
  });

  it('is null while another process holds it, shared or not', async () => {
    const file = touch(join(scratchDir('locks'), 'a.lock'));
    for (const isShared of [false, true]) {
      expect(await whileHeld(file, () => tryLockExclusive(file), { isShared })).toBeNull();
    }
  });

  it('makes a missing file only when asked to', () => {
    const file = join(scratchDir('locks'), 'a.lock');
    expect(tryLockExclusive(file)).toBeNull();
    expect(existsSync(file)).toBe(false);
    tryLockExclusive(file, { create: true })!.release();
    expect(existsSync(file)).toBe(true);
  });

  it('refuses links, directories and FIFOs', () => {
    const folder = scratchDir('locks');
    const file = touch(join(folder, 'a.lock'));
    symlinkSync(file, join(folder, 'link.lock'));
    symlinkSync(join(folder, 'made'), join(folder, 'dangling.lock'));
    execFileSync('mkfifo', [join(folder, 'fifo.lock')]);
    for (const name of ['link.lock', 'dangling.lock', 'fifo.lock', '.']) {
      expect(tryLockExclusive(join(folder, name), { create: true })).toBeNull();
    }
    expect(existsSync(join(folder, 'made'))).toBe(false);
  });

  it('takes the lock of the file that bears the name now', () => {
    const file = touch(join(scratchDir('locks'), 'a.lock'));
    const old = tryLockExclusive(file)!;
    unlinkSync(file);
    expect(tryLockExclusive(file)).toBeNull();
    const next = tryLockExclusive(file, { create: true });
    expect(next).not.toBeNull();
    old.release();
    expect(isLockedForOthers(file)).toBe(true);
    next?.release();
  });

  it('holds the lock of a file that is renamed', () => {
    const file = touch(join(scratchDir('locks'), 'a.lock'));
    const lock = tryLockExclusive(file)!;
    renameSync(file, `${file}.moved`);
    expect(isLockedForOthers(`${file}.moved`)).toBe(true);
    lock.release();
  });
});

describe('canProbeLocks', () => {
  it('is true wherever there is flock', () => {
    expect(canProbeLocks()).toBe(!isWindows);
  });

  it('is false, and everything else works, where the native library does not load', () => {
    const paths = bareHome();
    touch(join(paths.cacheDir, layerLockPath(digest)!));
    const out = runModule(`
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (name === 'koffi') throw new Error('not here');
        return next(name, context);
      } });
      const store = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const paths = ${JSON.stringify(paths)};
      const { locks, entries } = store.scanStore(paths);
      console.log(JSON.stringify([store.canProbeLocks(), locks, entries.length,
        store.tryLockExclusive(paths.cacheDir + '/x', { create: true })]));
    `);
    expect(JSON.parse(out)).toEqual([false, { canProbe: false, held: [] }, 3, null]);
    expect(existsSync(join(paths.cacheDir, 'x'))).toBe(false);
  });
});

function isLockedForOthers(file: string): boolean {
  const script = `
    import { probeLock } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    console.log(probeLock(${JSON.stringify(file)}, 'exclusive'));
  `;
  return runModule(script).trim() === 'held';
}

function runModule(source: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' });
}

/** Every flock call of a script with the path of its file; null without strace. */
function flocksOf(source: string): string[] | null {
  const trace = join(scratchDir('strace'), 'trace');
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const node = [process.execPath, '--input-type=module', '--eval', source];
  execFileSync('strace', ['-f', '-y', '-e', 'trace=flock', '-o', trace, ...node]);
  return execFileSync('grep', ['-a', 'flock', trace], { encoding: 'utf8' }).split('\n');
}

function deadPid(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}
