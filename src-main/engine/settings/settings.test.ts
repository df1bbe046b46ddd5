import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src-shared/domain/settings.ts';
import { makeCache } from '../../../test-support/cache.ts';
import { addGarbage } from '../../../test-support/garbage.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient } from '../hostile/client.fixture.ts';
import { CacheFailure } from '../index.ts';
import { SettingsFile } from './settings-file.ts';

const APP_1 = 'ghcr.io/acme/app:1';
const clients: HostileClient[] = [];

function open(home: string): HostileClient {
  const client = new HostileClient(home, scratchDir('settings'));
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

describe('SettingsFile', () => {
  it('is the defaults while there is no file, and makes none', () => {
    const dataDir = join(scratchDir('settings'), 'new');
    expect(new SettingsFile(dataDir).get()).toEqual({
      settings: DEFAULT_SETTINGS,
      file: join(dataDir, 'settings.json'),
      notices: [],
    });
    expect(existsSync(dataDir)).toBe(false);
  });

  it('changes the fields given, and keeps the others and those it does not know', () => {
    const dataDir = scratchDir('settings');
    const file = new SettingsFile(dataDir);
    file.set({ theme: 'dark', pins: [APP_1] });
    writeFileSync(file.get().file, JSON.stringify({ ...JSON.parse(read(file)), later: { a: 1 } }));
    const { settings, notices } = file.set({ undoMinutes: 30 });
    expect(notices).toEqual([]);
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', pins: [APP_1], undoMinutes: 30 });
    expect(JSON.parse(read(file))).toMatchObject({ later: { a: 1 }, theme: 'dark' });
    expect(readdirSync(dataDir)).toEqual(['settings.json']);
  });

  it('stands in for one bad field with its default, and says which', () => {
    const file = new SettingsFile(scratchDir('settings'));
    writeFileSync(file.get().file, '{"theme":"pink","undoMinutes":5,"graceMinutes":-1}');
    const { settings, notices } = file.get();
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, undoMinutes: 5 });
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain('graceMinutes');
    expect(notices[1]).toContain('theme');
  });

  it.each(['', 'null', '[]', '{"theme":', '\0'])('is the defaults with a notice when it holds %j', (text) => {
    const file = new SettingsFile(scratchDir('settings'));
    writeFileSync(file.get().file, text);
    expect(file.get().settings).toEqual(DEFAULT_SETTINGS);
    expect(file.get().notices).toHaveLength(1);
    file.set({ theme: 'light' });
    expect(file.get()).toMatchObject({ settings: { theme: 'light' }, notices: [] });
    expect(readFileSync(`${file.get().file}.damaged`, 'utf8')).toBe(text);
  });

  it('says that it could not be saved, and where', () => {
    const dataDir = join(scratchDir('settings'), 'file');
    writeFileSync(dataDir, 'no folder');
    expect(() => new SettingsFile(dataDir).set({ theme: 'dark' })).toThrow(CacheFailure);
  });
});

function read(file: SettingsFile): string {
  return readFileSync(file.get().file, 'utf8');
}

describeWithMsb('settings', (version) => {
  it('keep pinned images from every prune, whatever the rule says', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const client = open(cache.home);
    await client.call('settings.set', { pins: [APP_1] });
    const plan = await client.plan({ kind: 'prune', policy: { pinned: ['alpine'] } });
    const kept = plan.kept.filter(({ reason }) => reason === 'pinned').map(({ name }) => name);
    expect(kept.toSorted()).toEqual(['alpine', APP_1]);
    expect((await client.call('cache.usage', {})).prune.bytes).toBeLessThan(
      (await open(cache.home).call('cache.usage', {})).prune.bytes,
    );
    await client.call('cache.prune', { policy: {} });
    const left = await client.call('images.list', {});
    expect(left.map(({ reference }) => reference)).toEqual([APP_1]);
  });

  it('stop a prune whose plan was seen before an image was pinned', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const client = open(cache.home);
    const plan = await client.plan({ kind: 'prune', policy: {} });
    await client.call('settings.set', { pins: [APP_1] });
    const error = await client.failure('cache.prune', { policy: {}, planId: plan.planId });
    expect(error).toMatchObject({ code: 'world-changed', appeared: [] });
    expect(await client.call('images.list', {})).toHaveLength(5);
  });

  it('say how old a file must be to count as abandoned', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    await addGarbage(cache.home, ['orphan-layer-file'], { version, ageMs: 30 * 60_000 });
    const client = open(cache.home);
    expect((await client.plan({ kind: 'gc' })).items).toHaveLength(1);
    await client.call('settings.set', { graceMinutes: 60 });
    expect((await client.plan({ kind: 'gc' })).items).toEqual([]);
    expect((await client.call('cache.usage', {})).gc.count).toBe(0);
  });
});
