import type { MenuItemConstructorOptions } from 'electron';
import { COMMANDS, type CommandEntry, type CommandName } from '../../src-shared/ipc/commands.ts';
import { plainText } from '../ipc/plain-text.ts';

export interface MenuActions {
  /** Asks the window in front to do something. */
  readonly command: (command: CommandName) => void;
  readonly newWindow: () => void;
  /** Another window, on that home. */
  readonly openHome: (home: string) => void;
  /** Shows where reports of crashes are kept. */
  readonly showReports: () => void;
}

export interface MenuFacts {
  readonly platform: string;
  readonly hasDevTools: boolean;
  /** The latest first. */
  readonly recentHomes: readonly string[];
}

type Items = readonly MenuItemConstructorOptions[];

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/** The application menu in the platform's order; words and keys are those of the table of commands. */
export function menuTemplate(facts: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = facts.platform === 'darwin';
  const item = (command: CommandName): MenuItemConstructorOptions => ({
    label: COMMANDS[command].menu,
    click: () => (command === 'new-window' ? actions.newWindow() : actions.command(command)),
    ...acceleratorOf(COMMANDS[command], isMac),
  });
  const items = (...commands: readonly CommandName[]): Items => commands.map(item);
  const about = item('show-about');
  const settings = item('show-settings');

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
    ...items('new-window', 'open-cache'),
    recentMenu(facts.recentHomes, actions),
    item('open-sample'),
    SEPARATOR,
    item('reveal-cache'),
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
    item('find'),
  ];
  const cache: Items = [
    ...items('refresh', 'check-images'),
    SEPARATOR,
    ...items('pin-images', 'unpin-images', 'edit-pins'),
    SEPARATOR,
    ...items('remove', 'force-remove'),
    SEPARATOR,
    ...items('collect-layers', 'collect-garbage', 'prune-images'),
    SEPARATOR,
    ...items('undo-removal', 'empty-removed'),
  ];
  const view: Items = [
    item('show-palette'),
    SEPARATOR,
    ...items('show-images', 'show-layers', 'show-map', 'show-search', 'show-compare', 'show-reclaim'),
    item('show-activity'),
    SEPARATOR,
    menu(
      'Filter Images',
      items(
        'filter-all',
        'filter-in-use',
        'filter-unused',
        'filter-same-digest',
        'filter-damaged',
        'filter-warning',
        'filter-being-pulled',
      ),
    ),
    ...items('toggle-grouping', 'choose-columns', 'reset-column-widths'),
    SEPARATOR,
    ...items('density-comfortable', 'density-compact'),
    SEPARATOR,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    SEPARATOR,
    { role: 'togglefullscreen' },
    ...(facts.hasDevTools ? [{ role: 'toggleDevTools' } as const] : []),
  ];
  const reports = { label: 'Show Crash Reports', click: actions.showReports };
  const help: Items = [item('show-shortcuts'), SEPARATOR, reports, ...(isMac ? [] : [SEPARATOR, about])];

  return [
    ...(isMac ? [menu('Strata', app)] : []),
    menu('File', file),
    menu('Edit', edit),
    menu('Cache', cache),
    menu('View', view),
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    menu('Help', help),
  ];
}

/**
 * The key as Electron writes it. What the page hears itself (Delete in a list, but not in a text field) is only
 * shown; a plain character is not even that, for a menu would take it from every text field.
 */
function acceleratorOf({ keys, heardBy }: CommandEntry, isMac: boolean): Partial<MenuItemConstructorOptions> {
  const key = keys?.[0];
  if (key === undefined || key.length === 1) return {};
  if (heardBy !== 'list') return { accelerator: key.replace('Mod', 'CmdOrCtrl') };
  return { accelerator: isMac && key === 'Delete' ? 'Cmd+Backspace' : key, registerAccelerator: false };
}

/** An ampersand would mark the letter after it. */
function recentMenu(
  homes: readonly string[],
  { openHome, command }: MenuActions,
): MenuItemConstructorOptions {
  const entries = homes.map((home) => ({
    label: plainText(home).replaceAll('&', '&&'),
    click: () => openHome(home),
  }));
  const forget: CommandName = 'forget-recent';
  const clear = { label: COMMANDS[forget].menu, click: () => command(forget) };
  return { ...menu('Open Recent', [...entries, SEPARATOR, clear]), enabled: homes.length > 0 };
}

function menu(label: string, submenu: Items): MenuItemConstructorOptions {
  return { label, submenu: [...submenu] };
}
