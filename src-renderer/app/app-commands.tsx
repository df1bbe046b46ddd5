import type { Settings } from '../../src-shared/domain/settings.ts';
import type { CommandName } from '../../src-shared/ipc/commands.ts';
import { type ReclaimChoice, reclaimChoice } from '../reclaim/reclaim-settings.ts';
import { type SettingsChange, useChangeSettings, useSettings } from '../settings/settings-store.ts';
import { announce } from '../ui/index.ts';
import { useCommand } from './commands.ts';
import { showView } from './navigation.ts';
import { useHome } from './queries.ts';

/** Offers what can be done from anywhere. Draws nothing. */
export function AppCommands() {
  useCommand('collect-layers', () => showReclaim('gcLayers'));
  useCommand('collect-garbage', () => showReclaim('gc'));
  useCommand('prune-images', () => showReclaim('prune'));
  return (
    <>
      {SETTINGS.map((setting) => (
        <SettingCommand key={setting.command} {...setting} />
      ))}
      {window.strata !== undefined && <DesktopCommands shell={window.strata.shell} />}
    </>
  );
}

function showReclaim(choice: ReclaimChoice): void {
  reclaimChoice.set(choice);
  showView('reclaim');
}

interface SettingEntry {
  readonly command: CommandName;
  readonly change: SettingsChange;
  readonly isSet: (settings: Settings) => boolean;
  /** Said once it holds, and why it need not be chosen again. */
  readonly words: string;
}

const SETTINGS: readonly SettingEntry[] = [
  theme('system', 'The theme follows the system.'),
  theme('light', 'The theme is light.'),
  theme('dark', 'The theme is dark.'),
  density('comfortable', 'Rows are comfortable.'),
  density('compact', 'Rows are compact.'),
  units('decimal', 'Sizes are in decimal units.'),
  units('binary', 'Sizes are in binary units.'),
];

function theme(value: Settings['theme'], words: string): SettingEntry {
  const isSet = (settings: Settings) => settings.theme === value;
  return { command: `theme-${value}`, change: { theme: value }, isSet, words };
}

function density(value: Settings['density'], words: string): SettingEntry {
  const isSet = (settings: Settings) => settings.density === value;
  return { command: `density-${value}`, change: { density: value }, isSet, words };
}

function units(value: Settings['sizeUnits'], words: string): SettingEntry {
  const isSet = (settings: Settings) => settings.sizeUnits === value;
  return { command: `units-${value}`, change: { sizeUnits: value }, isSet, words };
}

function SettingCommand({ command, change, isSet, words }: SettingEntry) {
  const settings = useSettings();
  const changeSettings = useChangeSettings();
  const run = () => {
    changeSettings(change);
    announce(words);
  };
  useCommand(command, run, settings !== null && isSet(settings) ? `${words.slice(0, -1)} already.` : null);
  return null;
}

type Shell = NonNullable<typeof window.strata>['shell'];

function DesktopCommands({ shell }: { readonly shell: Shell }) {
  const home = useHome().data;
  useCommand('new-window', () => void shell.openWindow(null));
  useCommand(
    'reveal-cache',
    () => void shell.reveal({ kind: 'cache' }),
    home?.status === 'open' ? null : 'No cache is open.',
  );
  return null;
}
