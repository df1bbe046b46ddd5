import { COMMANDS, type CommandName } from '../../src-shared/ipc/commands.ts';
import { HEADING_ACTIONS, type KeyEntry, LIST_ACTIONS, MOVES } from '../app/list-keys.ts';

export interface ShortcutSection {
  readonly title: string;
  readonly entries: readonly KeyEntry[];
}

/** Every key that does something in this host, from the tables that bind them. */
export function shortcutSections(isDesktop: boolean): readonly ShortcutSection[] {
  const names = Object.keys(COMMANDS) as CommandName[];
  const heard = (by: 'page' | 'menu' | 'list'): readonly KeyEntry[] =>
    names.flatMap((name) => {
      const { title, keys, heardBy } = COMMANDS[name];
      return keys !== undefined && heardBy === by ? { title, keys } : [];
    });
  return [
    { title: 'Anywhere', entries: heard('page') },
    { title: 'In the desktop app', entries: isDesktop ? heard('menu') : [] },
    { title: 'In the list of images', entries: [...Object.values(LIST_ACTIONS), ...heard('list')] },
    { title: 'On a heading of that list', entries: Object.values(HEADING_ACTIONS) },
    { title: 'In lists and trees', entries: MOVES },
  ].filter(({ entries }) => entries.length > 0);
}
