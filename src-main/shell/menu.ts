import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../src-shared/ipc/bridge.ts';

export interface MenuActions {
  /** Asks the window in front to do something. */
  readonly command: (command: MenuCommand) => void;
  readonly newWindow: () => void;
}

export interface MenuFacts {
  readonly platform: string;
  readonly hasDevTools: boolean;
}

type Items = readonly MenuItemConstructorOptions[];

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/**
 * The application menu in the platform's order. Keys the page handles itself (Delete in a list, but not in a
 * text field) are only shown here.
 */
export function menuTemplate(facts: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = facts.platform === 'darwin';
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.command(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const about = { role: 'about' } as const;
  const settings = item('Settings…', 'show-settings', 'CmdOrCtrl+,');

  const app: Items = [
    about,
    SEPARATOR,
    settings,
    SEPARATOR,
    { role: 'services' },
    SEPARATOR,
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    SEPARATOR,
    { role: 'quit' },
  ];
  const file: Items = [
    { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: actions.newWindow },
    item('Open Cache…', 'open-cache', 'CmdOrCtrl+O'),
    item('Open Sample Cache', 'open-sample'),
    SEPARATOR,
    ...(isMac ? [] : [settings, SEPARATOR]),
    { role: 'close' },
    ...(isMac ? [] : [{ role: 'quit' } as const]),
  ];
  const edit: Items = [
    { role: 'undo' },
    { role: 'redo' },
    SEPARATOR,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
    SEPARATOR,
    item('Find', 'find', 'CmdOrCtrl+F'),
  ];
  const cache: Items = [
    item('Read Again', 'refresh', 'CmdOrCtrl+R'),
    item('Check All Images…', 'check-images'),
    SEPARATOR,
    { ...item('Remove…', 'remove', isMac ? 'Cmd+Backspace' : 'Delete'), registerAccelerator: false },
    SEPARATOR,
    item('Collect Orphaned Layers…', 'collect-layers'),
    item('Collect Garbage…', 'collect-garbage'),
  ];
  const view: Items = [
    item('Images', 'show-images', 'CmdOrCtrl+1'),
    item('Layers', 'show-layers', 'CmdOrCtrl+2'),
    item('Disk Map', 'show-map', 'CmdOrCtrl+3'),
    item('Find a File', 'show-search', 'CmdOrCtrl+4'),
    item('Compare', 'show-compare', 'CmdOrCtrl+5'),
    item('Reclaim', 'show-reclaim', 'CmdOrCtrl+6'),
    item('Activity', 'show-activity', 'CmdOrCtrl+7'),
    SEPARATOR,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    SEPARATOR,
    { role: 'togglefullscreen' },
    ...(facts.hasDevTools ? [{ role: 'toggleDevTools' } as const] : []),
  ];

  return [
    ...(isMac ? [menu('Strata', app)] : []),
    menu('File', file),
    menu('Edit', edit),
    menu('Cache', cache),
    menu('View', view),
    isMac ? { role: 'windowMenu' } : menu('Help', [about]),
  ];
}

function menu(label: string, submenu: Items): MenuItemConstructorOptions {
  return { label, submenu: [...submenu] };
}
