/**
 * Everything the app can be asked to do without pointing at it: the one table that binds the shortcuts, fills the
 * command palette and the list of shortcuts, and labels the native menus.
 */
export interface CommandEntry {
  /** As the palette and the list of shortcuts say it; `…` when it asks before it does anything. */
  readonly title: string;
  /** As native menus say it. */
  readonly menu: string;
  readonly section: CommandSection;
  /** Further words the palette finds it by. */
  readonly alias?: string;
  /**
   * Keys as `Mod+Shift+P`, where Mod is ⌘ on a Mac and Ctrl elsewhere; the rest are names of `KeyboardEvent.key`.
   * The first is the one that is shown.
   */
  readonly keys?: readonly string[];
  /**
   * Who listens: `page` anywhere in the window, `menu` the native menu alone (a browser keeps these keys for
   * itself), `list` the list of images while the focus is in it.
   */
  readonly heardBy?: 'page' | 'menu' | 'list';
  /** Only a desktop window can do it. */
  readonly isDesktopOnly?: true;
  /** Why it cannot be done while nothing on screen offers it. */
  readonly needs?: string;
}

export const COMMAND_SECTIONS = ['Go to', 'Images', 'Reclaim', 'Cache', 'Appearance', 'Strata'] as const;
type CommandSection = (typeof COMMAND_SECTIONS)[number];

const NO_CACHE = 'No cache is open.';
const NO_IMAGES = 'Go to the images first.';

const commands = {
  find: {
    title: 'Find images',
    menu: 'Find',
    section: 'Go to',
    alias: 'search filter',
    keys: ['Mod+F', 'Mod+K', '/'],
    heardBy: 'page',
  },
  'show-images': view('Images', 1),
  'show-layers': view('Layers', 2),
  'show-map': { ...view('Disk map', 3), menu: 'Disk Map', alias: 'treemap usage' },
  'show-search': { ...view('Find a file', 4), menu: 'Find a File', alias: 'path search' },
  'show-compare': { ...view('Compare', 5), alias: 'difference diff' },
  'show-reclaim': { ...view('Reclaim', 6), alias: 'free space clean' },
  'show-activity': { ...view('Activity', 7), alias: 'history log' },

  remove: {
    title: 'Remove images…',
    menu: 'Remove…',
    section: 'Images',
    alias: 'delete selected',
    keys: ['Delete', 'Backspace'],
    heardBy: 'list',
    needs: NO_IMAGES,
  },
  'force-remove': {
    title: 'Force remove images…',
    menu: 'Force Remove…',
    section: 'Images',
    alias: 'delete selected',
    needs: NO_IMAGES,
  },
  'select-all': {
    title: 'Select all images shown',
    menu: 'Select All Images',
    section: 'Images',
    keys: ['Mod+A'],
    heardBy: 'list',
    needs: NO_IMAGES,
  },
  'clear-selection': {
    title: 'Clear the selection',
    menu: 'Clear Selection',
    section: 'Images',
    alias: 'unselect none',
    needs: NO_IMAGES,
  },
  'compare-selected': {
    title: 'Compare the two selected images',
    menu: 'Compare Selected',
    section: 'Images',
    needs: NO_IMAGES,
  },
  'filter-all': filter('Show all images', 'All', 'filter none'),
  'filter-in-use': filter('Show images in use', 'In Use', 'filter held sandbox snapshot'),
  'filter-unused': filter('Show unused images', 'Unused', 'filter'),
  'filter-same-digest': filter('Show images of the same digest', 'Same Digest', 'filter tags'),
  'filter-damaged': filter('Show damaged images', 'Damaged', 'filter broken'),
  'filter-warning': filter('Show images with a warning', 'With a Warning', 'filter metadata lost'),
  'filter-being-pulled': filter('Show images that are being pulled again', 'Being Pulled', 'filter msb'),
  'pin-images': {
    title: 'Pin images: never prune them',
    menu: 'Pin',
    section: 'Images',
    alias: 'keep selected',
    needs: NO_IMAGES,
  },
  'unpin-images': {
    title: 'Unpin images: let prune take them',
    menu: 'Unpin',
    section: 'Images',
    alias: 'pinned selected',
    needs: NO_IMAGES,
  },
  'edit-pins': {
    title: 'Pinned images…',
    menu: 'Pinned Images…',
    section: 'Images',
    alias: 'pins prune keep',
  },
  'toggle-grouping': {
    title: 'Group tags by digest',
    menu: 'Group Tags by Digest',
    section: 'Images',
    alias: 'ungroup same',
    needs: NO_IMAGES,
  },
  'choose-columns': {
    title: 'Choose columns…',
    menu: 'Choose Columns…',
    section: 'Images',
    alias: 'show hide list',
    needs: NO_IMAGES,
  },
  'reset-column-widths': {
    title: 'Reset the widths of the columns',
    menu: 'Reset Column Widths',
    section: 'Images',
    alias: 'size resize list',
    needs: NO_IMAGES,
  },
  'check-images': {
    title: 'Check all images…',
    menu: 'Check All Images…',
    section: 'Images',
    alias: 'health verify damaged',
  },

  'collect-layers': {
    title: 'Collect orphaned layers…',
    menu: 'Collect Orphaned Layers…',
    section: 'Reclaim',
    alias: 'gc free space',
  },
  'collect-garbage': {
    title: 'Collect all garbage…',
    menu: 'Collect Garbage…',
    section: 'Reclaim',
    alias: 'gc free space clean',
  },
  'prune-images': {
    title: 'Prune unused images…',
    menu: 'Prune Unused Images…',
    section: 'Reclaim',
    alias: 'free space rule policy',
  },
  'export-json': {
    title: 'Export the list of what would go as JSON',
    menu: 'Export List as JSON',
    section: 'Reclaim',
    alias: 'save download',
    needs: 'Go to Reclaim first: its list is what is exported.',
  },
  'export-csv': {
    title: 'Export the list of what would go as CSV',
    menu: 'Export List as CSV',
    section: 'Reclaim',
    alias: 'save download',
    needs: 'Go to Reclaim first: its list is what is exported.',
  },
  'undo-removal': {
    title: 'Undo the last removal',
    menu: 'Undo Last Removal',
    section: 'Reclaim',
    alias: 'restore bring back',
    needs: NO_CACHE,
  },
  'empty-removed': {
    title: 'Free what removals set aside…',
    menu: 'Free What Was Set Aside…',
    section: 'Reclaim',
    alias: 'empty undo',
    needs: 'Nothing is set aside.',
  },

  'open-cache': {
    title: 'Open another folder…',
    menu: 'Open Cache…',
    section: 'Cache',
    alias: 'home',
    keys: ['Mod+O'],
    heardBy: 'menu',
  },
  'open-sample': { title: 'Open the sample cache', menu: 'Open Sample Cache', section: 'Cache' },
  'forget-recent': {
    title: 'Forget the recent caches',
    menu: 'Clear Menu',
    section: 'Cache',
    alias: 'clear history privacy',
    needs: 'No other cache was opened.',
  },
  'new-window': {
    title: 'New window',
    menu: 'New Window',
    section: 'Cache',
    keys: ['Mod+Shift+N'],
    heardBy: 'menu',
    isDesktopOnly: true,
  },
  'reveal-cache': {
    title: 'Show the cache in the file manager',
    menu: 'Show in File Manager',
    section: 'Cache',
    alias: 'finder explorer reveal',
    isDesktopOnly: true,
    needs: NO_CACHE,
  },
  refresh: {
    title: 'Read the cache again',
    menu: 'Read Again',
    section: 'Cache',
    alias: 'refresh reload',
    keys: ['Mod+R'],
    heardBy: 'menu',
  },

  'theme-system': appearance('Look as the system does', 'System Theme', 'theme'),
  'theme-light': appearance('Light theme', 'Light Theme', 'appearance bright'),
  'theme-dark': appearance('Dark theme', 'Dark Theme', 'appearance night'),
  'density-comfortable': appearance('Comfortable rows', 'Comfortable Rows', 'density height settings'),
  'density-compact': appearance('Compact rows', 'Compact Rows', 'density height dense settings'),
  'units-decimal': appearance('Sizes in decimal units (MB)', 'Decimal Sizes', 'settings'),
  'units-binary': appearance('Sizes in binary units (MiB)', 'Binary Sizes', 'settings'),

  'show-palette': {
    title: 'Command palette',
    menu: 'Command Palette…',
    section: 'Strata',
    keys: ['Mod+Shift+P', 'F1'],
    heardBy: 'page',
  },
  'show-settings': {
    title: 'Settings…',
    menu: 'Settings…',
    section: 'Strata',
    alias: 'preferences options undo grace pins',
    keys: ['Mod+,'],
    heardBy: 'page',
  },
  'show-shortcuts': {
    title: 'Keyboard shortcuts',
    menu: 'Keyboard Shortcuts',
    section: 'Strata',
    alias: 'keys help',
    keys: ['?'],
    heardBy: 'page',
  },
  'show-about': {
    title: 'About Strata',
    menu: 'About Strata',
    section: 'Strata',
    alias: 'version licence',
  },
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandName = keyof typeof commands;

export const COMMANDS: Readonly<Record<CommandName, CommandEntry>> = commands;

function view(label: string, number: number) {
  return {
    title: label,
    menu: label,
    section: 'Go to',
    keys: [`Mod+${number}`],
    heardBy: 'menu',
  } as const satisfies CommandEntry;
}

function filter(title: string, menu: string, alias: string) {
  return { title, menu, section: 'Images', alias, needs: NO_IMAGES } as const satisfies CommandEntry;
}

function appearance(title: string, menu: string, alias: string) {
  return { title, menu, section: 'Appearance', alias } as const satisfies CommandEntry;
}
