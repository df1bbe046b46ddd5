import { describe, expect, it } from 'vitest';
import type { ImageHandle } from '../../src-shared/domain/image.ts';
import {
  cacheItems,
  commandItems,
  countPalette,
  imageItems,
  listPalette,
  type PaletteWorld,
} from './palette-items.ts';

function handle(reference: string): ImageHandle {
  return { reference } as ImageHandle;
}

function world(change: Partial<PaletteWorld> = {}): PaletteWorld {
  return {
    commands: commandItems(false),
    recentCommands: [],
    images: [],
    recentImages: [],
    layers: [],
    caches: [],
    ...change,
  };
}

function listed(all: PaletteWorld, query: string): Record<string, readonly string[]> {
  return Object.fromEntries(
    listPalette(all, query).map(({ label, items }) => [label, items.map(({ item }) => item.haystack.text)]),
  );
}

describe('listPalette', () => {
  it('has every command once, what was used last first', () => {
    const lists = listed(world({ recentCommands: ['theme-dark', 'refresh'] }), '');
    expect(Object.keys(lists)[0]).toBe('Recently used');
    expect(lists['Recently used']).toEqual(['Dark theme', 'Read the cache again']);
    const all = Object.values(lists).flat();
    expect(all.toSorted()).toEqual(
      commandItems(false)
        .map(({ haystack }) => haystack.text)
        .toSorted(),
    );
  });

  it('leaves out what only a desktop window can do', () => {
    expect(listed(world(), 'new window')).toEqual({});
    expect(listed(world({ commands: commandItems(true) }), 'new window').Commands).toEqual(['New window']);
  });

  it('finds a command by words that it does not show', () => {
    expect(listed(world(), 'gc free').Commands).toContain('Collect all garbage…');
    expect(listed(world(), 'delete images').Commands?.[0]).toBe('Remove images…');
  });

  it('puts the group with the best match first', () => {
    const images = imageItems([handle('docker.io/library/redis:8'), handle('acme/reclaimer:1')]);
    expect(Object.keys(listed(world({ images }), 'redis'))).toEqual(['Images']);
    expect(Object.keys(listed(world({ images }), 'reclaim'))).toEqual(['Commands', 'Images']);
  });

  it('shows a few of many images and counts them all', () => {
    const images = imageItems(Array.from({ length: 10_000 }, (_, index) => handle(`team/app-${index}:1`)));
    const [group] = listPalette(world({ images }), 'team app');
    expect(group).toMatchObject({ label: 'Images', found: 10_000 });
    expect(group!.items).toHaveLength(30);
    expect(countPalette([group!])).toBe('10,000 results: Images 10,000.');
  });

  it('makes hostile names visible', () => {
    expect(imageItems([handle('acme/evil:\u202egnp')])[0]!.haystack.text).toBe('acme/evil:\\u202egnp');
  });

  it('offers caches opened before, not the open one', () => {
    const caches = cacheItems(['/mnt/usb']);
    expect(listed(world({ caches }), 'usb')).toEqual({ 'Recent caches': ['/mnt/usb'] });
  });
});
