import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TestCache } from '../../test-support/cache.ts';
import { metadataKey, pathSafe, withDatabase } from '../../test-support/database.ts';
import { makeLargeCache } from '../../test-support/large-cache.ts';
import type { MsbVersion } from '../../test-support/msb.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { openEngine } from './engine.fixture.ts';
import type { Engine } from './index.ts';

/** Folders that changed a moment ago are looked at again in any case: only later do their times tell. */
const SETTLING_MS = 2500;

const context = { signal: new AbortController().signal, emit: () => {} };

async function open(version: MsbVersion): Promise<{ cache: TestCache; engine: Engine }> {
  const cache = await makeLargeCache({ images: 500, version, files: 'all' });
  const engine = openEngine(cache.home, scratchDir('engine'));
  await pause(SETTLING_MS);
  return { cache, engine };
}

describeWithMsb('inspecting in a large cache', (version) => {
  it('shows what another program removed since the last look', { timeout: 60_000 }, async () => {
    const { cache, engine } = await open(version);
    const [image] = cache.images;
    const states = async () => {
      const { reference } = image!;
      const { layers } = await engine.handlers['images.inspect']({ reference }, context);
      return layers.map(({ state }) => state.kind);
    };
    const whole = await states();
    expect(await states()).toEqual(whole);
    expect(new Set(whole)).toEqual(new Set(['materialized']));

    unlinkSync(join(cache.cacheDir, 'layers', `${pathSafe(image!.diffIds[0]!)}.erofs`));
    expect(await states()).toEqual(['missing', ...whole.slice(1)]);
    engine.close();
  });

  it('shows rows and texts that another program wrote in place', { timeout: 60_000 }, async () => {
    const { cache, engine } = await open(version);
    const { reference, manifestDigest } = cache.images[0]!;
    const look = () => engine.handlers['images.inspect']({ reference }, context);
    const first = await look();
    expect(await look()).toEqual(first);
    expect(first.history[0]!.createdBy).toMatch(/^RUN step 0/);

    const metadata = join(cache.cacheDir, 'manifests', `${metadataKey(reference)}.json`);
    writeFileSync(metadata, readFileSync(metadata, 'utf8').replaceAll('RUN step', 'RUN leap'));
    expect((await look()).history[0]!.createdBy).toMatch(/^RUN leap 0/);

    const descriptor = join(cache.cacheDir, 'vmdk', `${pathSafe(manifestDigest)}.vmdk`);
    writeFileSync(descriptor, 'no descriptor');
    expect((await look()).facts.damage.map(({ kind }) => kind)).toEqual(['vmdk-damaged']);

    const time = '2026-11-20 10:00:00.123456789';
    withDatabase(cache.home, (database) =>
      database.prepare('UPDATE image_ref SET updated_at = ? WHERE reference = ?').run(time, reference),
    );
    expect((await look()).handle.lastUsedAt).toBe('2026-11-20T10:00:00.123456789+00:00');
    engine.close();
  });
});
