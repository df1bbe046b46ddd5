import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { contextMenuTemplate } from './context-menu.ts';
import { menuTemplate } from './menu.ts';

const done: string[] = [];
const actions = {
  command: (command: string) => void done.push(command),
  newWindow: () => void done.push('new'),
  openHome: (home: string) => void done.push(`open ${home}`),
  showReports: () => void done.push('reports'),
};

function build(platform: string, hasDevTools = false) {
  return menuTemplate({ platform, hasDevTools, recentHomes: ['/home/a&b', '/evil\u202e'] }, actions);
}

function items(template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
}

function labels(template: MenuItemConstructorOptions[]): (string | undefined)[] {
  return template.map(({ label, role }) => label ?? role);
}

describe('menuTemplate', () => {
  it.each([
    ['linux', ['File', 'Edit', 'Cache', 'View', 'Help']],
    ['win32', ['File', 'Edit', 'Cache', 'View', 'Help']],
    ['darwin', ['Strata', 'File', 'Edit', 'Cache', 'View', 'windowMenu', 'Help']],
  ])('has the menus of %s', (platform, expected) => {
    expect(labels(build(platform))).toEqual(expected);
  });

  it.each(['linux', 'win32', 'darwin'])('has about and quit once each on %s', (platform) => {
    const all = items(build(platform)).map(({ label, role }) => label ?? role);
    for (const name of ['About Strata', 'quit']) {
      expect(all.filter((one) => one === name)).toHaveLength(1);
    }
  });

  it.each(['linux', 'win32', 'darwin'])('gives every key one meaning on %s', (platform) => {
    const keys = items(build(platform, true)).flatMap(({ accelerator }) =>
      accelerator ? [accelerator] : [],
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('shows the key for removing without taking it from text fields', () => {
    const remove = items(build('linux')).find(({ label }) => label === 'Remove…');
    expect(remove).toMatchObject({ accelerator: 'Delete', registerAccelerator: false });
  });

  it('shows the keys of the table of commands, and takes no plain character from text fields', () => {
    const all = items(build('linux'));
    const keyOf = (name: string) => all.find(({ label }) => label === name)?.accelerator;
    expect(keyOf('Command Palette…')).toBe('CmdOrCtrl+Shift+P');
    expect(keyOf('Disk Map')).toBe('CmdOrCtrl+3');
    expect(keyOf('Keyboard Shortcuts')).toBeUndefined();
    expect(all.every(({ accelerator }) => accelerator === undefined || accelerator.length > 1)).toBe(true);
  });

  it('asks the window for what is chosen', () => {
    for (const label of ['Collect Garbage…', 'New Window']) {
      const item = items(build('linux')).find((one) => one.label === label);
      item?.click?.({} as never, undefined, {} as never);
    }
    expect(done).toEqual(['collect-garbage', 'new']);
  });

  it('opens a recent cache in a window, its name shown as text', () => {
    const recent = items(build('linux')).find(({ label }) => label === 'Open Recent');
    const entries = recent?.submenu as MenuItemConstructorOptions[];
    expect(entries.map(({ label }) => label)).toEqual([
      '/home/a&&b',
      '/evil\\u{202e}',
      undefined,
      'Clear Menu',
    ]);
    done.length = 0;
    entries[0]?.click?.({} as never, undefined, {} as never);
    entries[3]?.click?.({} as never, undefined, {} as never);
    expect(done).toEqual(['open /home/a&b', 'forget-recent']);
    const none = menuTemplate({ platform: 'linux', hasDevTools: false, recentHomes: [] }, actions);
    expect(items(none).find(({ label }) => label === 'Open Recent')).toMatchObject({ enabled: false });
  });

  it('offers to inspect the page only while developing, and never to reload it', () => {
    const roles = (hasDevTools: boolean) => items(build('linux', hasDevTools)).map(({ role }) => role);
    expect(roles(false)).not.toContain('toggleDevTools');
    expect(roles(true)).toContain('toggleDevTools');
    expect(roles(true)).not.toContain('reload');
  });
});

describe('contextMenuTemplate', () => {
  const editFlags = { canCut: true, canCopy: true, canPaste: false, canSelectAll: true } as never;

  it('offers editing in text fields', () => {
    const template = contextMenuTemplate({ isEditable: true, selectionText: '', editFlags });
    expect(template.map(({ role }) => role)).toEqual(['cut', 'copy', 'paste', undefined, 'selectAll']);
    expect(template[2]?.enabled).toBe(false);
  });

  it('offers to copy what is selected, and nothing where nothing is', () => {
    const roles = (selectionText: string) =>
      contextMenuTemplate({ isEditable: false, selectionText, editFlags }).map(({ role }) => role);
    expect(roles('sha256:…')).toEqual(['copy']);
    expect(roles(' \n')).toEqual([]);
  });
});
