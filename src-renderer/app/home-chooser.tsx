import {
  AppWindow,
  ChevronsUpDown,
  FlaskConical,
  FolderOpen,
  FolderSearch,
  HardDrive,
  Settings as SettingsIcon,
} from 'lucide-react';
import { useState } from 'react';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { showSettings } from '../settings/settings-dialog.tsx';
import { AlertDialog, Button, ErrorNotice, Menu, MenuItem, MenuSeparator } from '../ui/index.ts';
import { useCommand } from './commands.ts';
import { useHomeActions } from './home-actions.ts';
import styles from './home-chooser.module.css';
import { shortenHome, splitPath } from './home-path.ts';
import { OpenHomeDialog } from './open-home-dialog.tsx';
import { useHome, useRecentHomes } from './queries.ts';

/** Which cache is open, and the way to another one. */
export function HomeChooser() {
  const home = useHome();
  const recentHomes = useRecentHomes();
  const actions = useHomeActions();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<CacheError | null>(null);
  const shell = window.strata?.shell;

  const open = (path: string) => void actions.open(path).then(setError);
  const openSample = () => void actions.openSample().then(setError);
  const openAnother = () => {
    if (shell === undefined) setAsking(true);
    else void shell.chooseHome().then((path) => path !== null && open(path));
  };
  useCommand('open-cache', openAnother);
  useCommand('open-sample', openSample);
  useCommand(
    'forget-recent',
    () => void actions.forgetRecent(),
    recentHomes.length === 0 ? 'No other cache was opened.' : null,
  );

  const path = home.data?.home ?? null;
  const title = home.data?.isSample === true ? 'Sample cache' : path === null ? 'Strata' : shortenHome(path);
  return (
    <>
      <Menu
        trigger={
          <Button
            variant="ghost"
            className={styles.trigger}
            icon={<HardDrive size={16} />}
            aria-label={`Cache: ${title}. Open another`}
          >
            <PathText path={title} />
            <ChevronsUpDown size={14} aria-hidden="true" />
          </Button>
        }
      >
        {path !== null && (
          <div className={styles.current}>
            Open now
            <strong>
              <SafeText text={path} />
            </strong>
          </div>
        )}
        {shell !== undefined && path !== null && (
          <MenuItem icon={<FolderSearch size={15} />} onSelect={() => void shell.reveal({ kind: 'cache' })}>
            Show in file manager
          </MenuItem>
        )}
        <MenuSeparator />
        {recentHomes.map((one) => (
          <MenuItem key={one} icon={<HardDrive size={15} />} onSelect={() => open(one)}>
            <bdi>{shortenHome(one)}</bdi>
          </MenuItem>
        ))}
        <MenuItem icon={<FolderOpen size={15} />} onSelect={openAnother}>
          Open another folder…
        </MenuItem>
        {shell !== undefined && (
          <MenuItem icon={<AppWindow size={15} />} onSelect={() => void shell.openWindow(null)}>
            New window
          </MenuItem>
        )}
        <MenuItem icon={<FlaskConical size={15} />} onSelect={openSample}>
          Open the sample cache
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<SettingsIcon size={15} />} onSelect={showSettings}>
          Settings…
        </MenuItem>
      </Menu>
      <OpenHomeDialog isOpen={isAsking} onClose={() => setAsking(false)} />
      <AlertDialog
        isOpen={error !== null}
        onClose={() => setError(null)}
        title="This cache could not be opened"
        description="What was open before is open still."
        actions={<Button onClick={() => setError(null)}>Close</Button>}
      >
        {error !== null && <ErrorNotice error={error} />}
      </AlertDialog>
    </>
  );
}

/** Where it does not fit, the end stays. */
function PathText({ path }: { readonly path: string }) {
  const { head, tail } = splitPath(path);
  return (
    <span className={styles.path}>
      {head !== '' && <span className={styles.head}>{head}</span>}
      <span className={styles.tail}>{tail}</span>
    </span>
  );
}
