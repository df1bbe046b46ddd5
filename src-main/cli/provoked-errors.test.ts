import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { makeCache, type TestCache } from '../../test-support/cache.ts';
import { withDatabase } from '../../test-support/database.ts';
import { holdDatabase } from '../../test-support/hold-database.ts';
import { layer, standardImages } from '../../test-support/images.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { addSandbox } from '../../test-support/sandboxes.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { CacheFailure, createEngine, type Engine } from '../engine/index.ts';
import { errorWords } from './error-words.ts';

interface Setting {
  readonly cache: TestCache;
  readonly engine: Engine;
  readonly dataDir: string;
}

const context = { signal: new AbortController().signal, emit: () => {} };

/**
 * How each code comes about in a cache of the real msb. `internal` is a defect of ours: shell/app.test.ts kills an engine;
 * `disconnected` is the window's alone.
 */
const PROVOKED: {
  readonly [Code in Exclude<CacheError['code'], 'internal' | 'disconnected'>]: (setting: Setting) => unknown;
} = {
  'not-found': ({ engine }) => engine.handlers['images.inspect']({ reference: 'nothing:1' }, context),
  'in-use': ({ cache, engine }) => {
    addSandbox(cache.home, { name: 'agent-7', reference: 'alpine', status: 'Running' });
    return engine.handlers['images.remove']({ reference: 'alpine', force: false }, context);
  },
  'database-busy': async ({ cache, engine }) => {
    const held = holdDatabase(cache.home);
    try {
      return await engine.handlers['images.remove']({ reference: 'alpine', force: false }, context);
    } finally {
      held.release();
    }
  },
  'schema-unsupported': ({ cache, engine }) => {
    withDatabase(cache.home, (database) => database.exec('ALTER TABLE layer RENAME COLUMN diff_id TO other'));
    return engine.handlers['cache.gc']({}, context);
  },
  'read-only': ({ cache, engine }) => {
    mkdirSync(join(cache.home, 'db', 'self-downgrade', 'half-done'), { recursive: true });
    return engine.handlers['cache.gc']({}, context);
  },
  'invalid-input': ({ cache, engine }) => engine.handlers['home.open']({ path: cache.databaseFile }, context),
  'cache-missing': ({ cache, engine }) =>
    engine.handlers['home.open']({ path: join(cache.home, 'gone') }, context),
  'world-changed': async ({ cache, engine }) => {
    const removal = { reference: 'alpine', force: false };
    const plan = await engine.handlers['cache.plan']({ action: { kind: 'remove', ...removal } }, context);
    await cache.load([{ references: ['alpine'], layers: [layer('ADD other', 'other')] }]);
    return engine.handlers['images.remove']({ ...removal, planId: plan.planId }, context);
  },
  'undo-blocked': async ({ cache, engine }) => {
    await engine.handlers['settings.set']({ undoMinutes: 60 }, context);
    const report = await engine.handlers['images.remove']({ reference: 'alpine', force: false }, context);
    await cache.load([{ references: ['alpine'], layers: [layer('ADD other', 'other')] }]);
    return engine.handlers['undo.restore']({ id: report.undoId! }, context);
  },
  'not-saved': ({ engine, dataDir }) => {
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, 'a file where the folder belongs');
    return engine.handlers['settings.set']({ graceMinutes: 5 }, context);
  },
  'removal-under-way': async ({ engine }) => {
    const removals = ['alpine', 'ghcr.io/acme/app:1'].map((reference) =>
      engine.handlers['images.remove']({ reference, force: false }, context),
    );
    const ended = await Promise.allSettled(removals);
    const refused = ended.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(1);
    throw refused[0]!.reason;
  },
  damaged: ({ cache, engine }) => {
    rmSync(`${cache.databaseFile}-wal`, { force: true });
    writeFileSync(cache.databaseFile, 'This is not a database. '.repeat(400));
    return engine.handlers['images.list']({}, context);
  },
};

describeWithMsb('on a cache of msb, everything that can go wrong', (version) => {
  it.each(Object.entries(PROVOKED))('is told as %s, in words of its own', async (code, provoke) => {
    const cache = await makeCache({ version, images: standardImages() });
    const dataDir = scratchDir('data');
    const engine = createEngine({
      homeOption: cache.home,
      startWithSample: false,
      env: {},
      userHome: cache.home,
      sampleArchive: join(cache.home, 'none'),
      scratchDir: scratchDir('engine'),
      dataDir,
    });
    const failure = await Promise.resolve()
      .then(() => provoke({ cache, engine, dataDir }))
      .then(
        (value) => value,
        (error: unknown) => error,
      );
    expect(failure).toBeInstanceOf(CacheFailure);
    const { error } = failure as CacheFailure;
    expect(error.code).toBe(code);
    expect(errorWords(error).length).toBeGreaterThan(1);
    await engine.close();
    cache.dispose();
  });
});
