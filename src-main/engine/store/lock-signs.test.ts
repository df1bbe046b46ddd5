import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bareHome, touch } from '../../../test-support/bare-home.ts';
import { holdLock } from '../../../test-support/hold-lock.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { LockSigns } from './lock-signs.ts';
import { layerLockPath } from './names.ts';
import { scanStore } from './scan.ts';

const OWN_LOCK = layerLockPath(`sha256:${'1'.repeat(64)}`)!;

describe.skipIf(process.platform !== 'linux')('LockSigns', () => {
  it.each([`cache/${OWN_LOCK}`, 'cache/.msb-leases/x.lock', 'run/creation-locks/abc.lock'])(
    'differ while %s is held',
    async (path) => {
      const paths = bareHome();
      mkdirSync(paths.cacheDir);
      const file = touch(join(paths.home, path));
      const { entries } = scanStore(paths);
      const signs = new LockSigns(paths);
      const free = signs.read(entries);
      const lock = await holdLock(file);
      expect(signs.read(entries)).not.toBe(free);
      await lock.release();
      expect(signs.read(entries)).toBe(free);
    },
  );

  it('are deaf to locks of other programs, and of sandboxes that run', async () => {
    const paths = bareHome();
    touch(join(paths.cacheDir, OWN_LOCK));
    const others = [join(scratchDir('foreign'), 'x.lock'), join(paths.runDir, 'locks', 'abc.lock')];
    const { entries } = scanStore(paths);
    const signs = new LockSigns(paths);
    const free = signs.read(entries);
    for (const other of others) {
      const lock = await holdLock(touch(other));
      expect(signs.read(entries)).toBe(free);
      await lock.release();
    }
  });

  it('know lock files that came with later entries', async () => {
    const paths = bareHome();
    mkdirSync(paths.cacheDir);
    const signs = new LockSigns(paths);
    const free = signs.read(scanStore(paths).entries);
    const lock = await holdLock(touch(join(paths.cacheDir, OWN_LOCK)));
    expect(signs.read(scanStore(paths).entries)).not.toBe(free);
    await lock.release();
  });
});
