import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { pathSafe } from '../../../test-support/database.ts';
import { type HeldLock, holdLock } from '../../../test-support/hold-lock.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { resolveHome } from '../home/index.ts';
import { HostileClient } from '../hostile/client.fixture.ts';
import { scanStore } from '../store/index.ts';
import { SetAside } from './set-aside.ts';

const LEASED = ['layers', 'fsmeta', 'vmdk', 'manifests'];
const DELETION = `.image-deletions/delete-${'0a'.repeat(16)}`;

describeWithMsb('beside a later msb, which keeps leases and a journal of deletions', (version) => {
  let cache: TestCache;
  let client: HostileClient;
  const held: HeldLock[] = [];

  beforeEach(async () => {
    cache = await makeCache({ version, images: standardImages() });
    for (const folder of LEASED) mkdirSync(join(cache.cacheDir, folder, '.msb-leases'));
    client = new HostileClient(cache.home, scratchDir('leases'));
  });

  afterEach(async () => {
    client.close();
    for (const lock of held.splice(0)) await lock.release();
    cache.dispose();
  });

  const layerFile = () =>
    join(cache.cacheDir, 'layers', `${pathSafe(cache.image('alpine').diffIds[0]!)}.erofs`);
  const remove = (reference: string) => client.call('images.remove', { reference, force: false });

  it('takes the lease of each file it removes, and leaves the leases where they are', async () => {
    const { bytesFreed, bytesPlanned } = await remove('alpine');
    expect(bytesFreed).toBe(bytesPlanned);
    expect(existsSync(layerFile())).toBe(false);
    expect(existsSync(leaseOf(layerFile()))).toBe(true);
    for (const folder of LEASED)
      expect(readdirSync(join(cache.cacheDir, folder, '.msb-leases'))).toHaveLength(1);
    // Nobody holds them any more.
    held.push(await holdLock(leaseOf(layerFile())));
  });

  it.each([true, false])('keeps every file while a lease is held (shared: %s)', async (isShared) => {
    writeFileSync(leaseOf(layerFile()), '');
    held.push(await holdLock(leaseOf(layerFile()), { isShared }));
    const { removed, leftAlone } = await remove('alpine');
    expect(removed.map(({ kind }) => kind)).toEqual(['reference']);
    expect(leftAlone.map(({ reason }) => reason)).toContain(
      'msb is pulling, loading or saving; stays until it ends',
    );
    expect(existsSync(layerFile())).toBe(true);
  });

  it.each([true, false])(
    'leaves a file whose lease somebody takes meanwhile (shared: %s)',
    async (isShared) => {
      writeFileSync(leaseOf(layerFile()), '');
      const paths = resolveHome({ homeOption: cache.home, env: {}, userHome: cache.home });
      const path = `layers/${basename(layerFile())}`;
      const entry = scanStore(paths).entries.find((candidate) => candidate.path === path)!;
      const setAside = SetAside.create(cache.cacheDir);
      held.push(await holdLock(leaseOf(layerFile()), { isShared }));
      expect([...setAside.move([entry])]).toEqual([[entry, 'msb is using it']]);
      await held.pop()!.release();
      expect([...setAside.move([entry])]).toEqual([]);
      expect(existsSync(layerFile())).toBe(false);
      setAside.putBack([entry]);
      setAside.close();
      expect(existsSync(layerFile())).toBe(true);
    },
  );

  it.each(['.image-deletions/coordination.lock', `${DELETION}/active.lock`])(
    'is busy while %s is held',
    async (lock) => {
      mkdirSync(join(cache.cacheDir, DELETION), { recursive: true });
      writeFileSync(join(cache.cacheDir, lock), '');
      held.push(await holdLock(join(cache.cacheDir, lock)));
      expect((await client.plan({ kind: 'gc' })).isBusy).toBe(true);
      await remove('alpine');
      expect(existsSync(layerFile())).toBe(true);
    },
  );

  it('announces no bytes of a file that the journal names, and never touches the journal', async () => {
    const journal = join(cache.cacheDir, DELETION);
    mkdirSync(journal, { recursive: true });
    for (const name of ['active.lock', 'files.json']) writeFileSync(join(journal, name), '');
    linkSync(layerFile(), join(journal, '0'));
    const layerBytes = statSync(layerFile()).blocks * 512;
    const report = await client.call('cache.prune', { policy: {} });
    expect(report.bytesFreed).toBe(report.bytesPlanned);
    expect(report.removed.filter(({ kind }) => kind === 'layer')).toContainEqual(
      expect.objectContaining({ allocatedBytes: 0 }),
    );
    await client.call('cache.gc', {});
    expect(readdirSync(journal).sort()).toEqual(['0', 'active.lock', 'files.json']);
    expect(statSync(join(journal, '0'))).toMatchObject({ nlink: 1, blocks: layerBytes / 512 });
  });
});

/** Later versions name it after the SHA-256 of the file's name. */
function leaseOf(file: string): string {
  const name = createHash('sha256').update(basename(file)).digest('hex');
  return join(dirname(file), '.msb-leases', `${name}.lock`);
}
