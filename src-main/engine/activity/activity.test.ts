import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient } from '../hostile/client.fixture.ts';
import { ActivityLog, type FinishedOperation } from './activity-log.ts';
import { JsonLines } from './json-lines.ts';
import { UsageLog } from './usage-log.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const APP_2 = 'ghcr.io/acme/app:2';

const clients: HostileClient[] = [];

function open(home: string, dataDir: string): HostileClient {
  const client = new HostileClient(home, dataDir);
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

describeWithMsb('the activity log', (version) => {
  const make = () => makeCache({ version, images: standardImages() });

  it('keeps what was removed and what was left alone across restarts', async () => {
    const cache = await make();
    const dataDir = scratchDir('activity');
    addSandbox(cache.home, { name: 'agent-7', reference: APP_2 });
    const first = open(cache.home, dataDir);
    const removal = await first.call('images.remove', { reference: APP_1, force: false });
    const policy = { unusedForDays: 0 };
    const pruning = await first.call('cache.prune', { policy });
    first.close();
    const entries = await open(cache.home, dataDir).call('activity.list', { limit: 10 });
    expect(entries).toHaveLength(2);
    expect(entries[1]).toMatchObject({
      kind: 'removal',
      home: cache.home,
      action: { kind: 'remove', reference: APP_1 },
      count: removal.count,
      bytesPlanned: removal.bytesPlanned,
      bytesFreed: removal.bytesFreed,
      bytesSetAside: 0,
      undoId: null,
    });
    expect(entries[1]!.removed.toSorted(byName)).toEqual([...removal.removed].toSorted(byName));
    expect(entries[0]).toMatchObject({ action: { kind: 'prune', policy }, count: pruning.count });
    expect(entries[0]!.leftAlone.map(({ reason }) => reason)).toContain('held by agent-7 (stopped)');
  });

  it('keeps nothing of what was only looked at or refused', async () => {
    const cache = await make();
    const dataDir = scratchDir('activity');
    addSandbox(cache.home, { name: 'agent-7', reference: APP_1 });
    const client = open(cache.home, dataDir);
    await client.plan({ kind: 'gc' });
    await client.failure('images.remove', { reference: APP_1, force: false });
    expect(await client.call('activity.list', { limit: 10 })).toEqual([]);
  });

  it('does not keep a removal from happening when it cannot be written', async () => {
    const cache = await make();
    const dataDir = join(scratchDir('activity'), 'file');
    writeFileSync(dataDir, 'no folder');
    const client = new HostileClient(cache.home, dataDir, { settings: null });
    clients.push(client);
    const report = await client.call('images.remove', { reference: APP_1, force: false });
    expect(report.count).toBeGreaterThan(0);
    expect(report.notes.at(-1)).toMatch(/could not be kept in Strata's activity log: .*\(E\w+\)\.$/);
  });

  it('samples how large the cache is, once while nothing changes', async () => {
    const cache = await make();
    const client = open(cache.home, scratchDir('activity'));
    const usage = await client.call('cache.usage', {});
    await client.call('cache.usage', {});
    await client.call('images.remove', { reference: APP_1, force: false });
    const after = await client.call('cache.usage', {});
    const samples = await client.call('activity.usage', {});
    expect(samples.map(({ totalBytes }) => totalBytes)).toEqual([usage.totalBytes, after.totalBytes]);
    expect(samples[1]).toMatchObject({ home: cache.home, references: 4, setAsideBytes: 0 });
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

const OPERATION: FinishedOperation = {
  tookMs: 3,
  home: '/home/a/.microsandbox',
  kind: 'removal',
  action: { kind: 'gc' },
  count: 0,
  bytesPlanned: 0,
  bytesFreed: 0,
  bytesSetAside: 0,
  undoId: null,
  isCancelled: false,
  removed: [],
  leftAlone: [],
  notes: [],
};

describe('ActivityLog', () => {
  it('keeps the largest items of a long list and says how many it left out', () => {
    const log = new ActivityLog(scratchDir('activity'));
    const removed = Array.from({ length: 1000 }, (_, index) => ({
      kind: 'layer' as const,
      name: `layer ${index}`.padEnd(5000, '.'),
      reason: 'orphaned',
      allocatedBytes: index,
    }));
    log.record({ ...OPERATION, removed });
    const [entry] = log.list(1);
    expect(entry!.removed).toHaveLength(200);
    expect(entry!.removedOmitted).toBe(800);
    expect(entry!.removed[0]!.allocatedBytes).toBe(999);
    expect(entry!.removed[0]!.name).toHaveLength(512);
  });

  it('keeps a rule or a selection of a hundred thousand references short', () => {
    const dataDir = scratchDir('activity');
    const references = Array.from({ length: 100_000 }, (_, index) => `example.com/image:${index}`);
    const log = new ActivityLog(dataDir);
    log.record({ ...OPERATION, action: { kind: 'remove', references, force: false } });
    log.record({ ...OPERATION, action: { kind: 'prune', policy: { pinned: references } } });
    expect(statSync(join(dataDir, 'activity.jsonl')).size).toBeLessThan(20_000);
    expect(log.list(2)).toHaveLength(2);
  });
});

describe('JsonLines', () => {
  const make = (mostBytes: number) => {
    const file = join(scratchDir('lines'), 'new', 'log.jsonl');
    return { file, lines: new JsonLines(file, mostBytes) };
  };

  it('is empty before the first line, and makes nothing', () => {
    const { file, lines } = make(100);
    expect(lines.read()).toEqual([]);
    expect(existsSync(join(file, '..'))).toBe(false);
  });

  it('reads back in order what was appended, by several writers too', () => {
    const { file, lines } = make(1000);
    lines.append({ n: 1 });
    new JsonLines(file, 1000).append({ n: 2 });
    expect(lines.read()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('skips the half line of a writer that died, and loses none after it', () => {
    const { file, lines } = make(1000);
    lines.append(1);
    appendFileSync(file, '{"half":');
    lines.append(2);
    expect(lines.read()).toEqual([1, 2]);
    expect(readFileSync(file, 'utf8').split('\n')).toEqual(['1', '{"half":', '2', '']);
  });

  it('stays within twice its bound and keeps the newest', () => {
    const { file, lines } = make(100);
    for (let n = 0; n < 500; n += 1) lines.append({ n });
    const kept = lines.read() as { n: number }[];
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThanOrEqual(200);
    expect(kept.at(-1)).toEqual({ n: 499 });
    expect(kept.map(({ n }) => n)).toEqual(kept.map((_, index) => 500 - kept.length + index));
  });
});

describe('UsageLog', () => {
  const usage = (totalBytes: number) =>
    ({ totalBytes, files: 1, lines: [], counts: { references: 1 } }) as unknown as Parameters<
      UsageLog['record']
    >[1];
  const HOUR = 3_600_000;

  it('keeps a sample an hour, and one when the size changed by more than one percent', () => {
    const dataDir = scratchDir('usage');
    const log = new UsageLog(dataDir);
    log.record('/a', usage(1000), 0);
    log.record('/a', usage(1010), 1);
    log.record('/b', usage(5), 2);
    log.record('/a', usage(1011), 3);
    log.record('/a', usage(1011), HOUR + 2);
    const again = new UsageLog(dataDir);
    again.record('/a', usage(1011), HOUR + 3);
    again.record('/a', usage(900), HOUR + 4);
    expect(again.list('/a').map(({ at, totalBytes }) => [Date.parse(at), totalBytes])).toEqual([
      [0, 1000],
      [3, 1011],
      [HOUR + 3, 1011],
      [HOUR + 4, 900],
    ]);
    rmSync(dataDir, { recursive: true });
  });

  it('forgoes a sample it cannot write', () => {
    const dataDir = join(scratchDir('usage'), 'file');
    writeFileSync(dataDir, '');
    const log = new UsageLog(dataDir);
    log.record('/a', usage(1), 0);
    expect(log.list('/a')).toEqual([]);
  });
});
