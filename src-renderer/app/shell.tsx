import { Activity, useEffect } from 'react';
import { UndoCommands } from '../undo/undo-commands.tsx';
import { AppCommands } from './app-commands.tsx';
import { useCommand } from './commands.ts';
import { HomeGate } from './home-gate.tsx';
import { HomeNotices } from './home-notices.tsx';
import { shortenHome } from './home-path.ts';
import { showView, usePlace } from './navigation.ts';
import { useHome } from './queries.ts';
import styles from './shell.module.css';
import { useShortcuts } from './shortcuts.ts';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';
import { TitleBar } from './title-bar.tsx';
import { VIEWS, type ViewEntry } from './views.tsx';

const HOME_VIEW = VIEWS[0]!;

/** The window: title bar, sidebar, the chosen view, status bar. */
export function Shell() {
  useShortcuts();
  const { view } = usePlace();
  useWindowTitle();
  const chosen = VIEWS.find((entry) => entry.name === view) ?? HOME_VIEW;
  return (
    <div className={styles.shell}>
      {VIEWS.map((entry) => (
        <ViewCommand key={entry.name} entry={entry} />
      ))}
      <AppCommands />
      <UndoCommands />
      <TitleBar />
      <Sidebar />
      <main className={styles.main} aria-label={chosen.label}>
        <HomeGate>
          <HomeNotices />
          <div className={styles.view}>
            {/* The images stay as they are while another view shows: theirs is the dearest to draw anew. */}
            <Activity mode={chosen === HOME_VIEW ? 'visible' : 'hidden'}>
              <HOME_VIEW.Content />
            </Activity>
            {chosen !== HOME_VIEW && <chosen.Content key={chosen.name} />}
          </div>
        </HomeGate>
      </main>
      <StatusBar />
    </div>
  );
}

/** The window is called after the cache it shows. */
function useWindowTitle(): void {
  const home = useHome().data;
  useEffect(() => {
    if (home !== undefined)
      document.title = `${home.isSample ? 'Sample cache' : shortenHome(home.home)} – Strata`;
  }, [home]);
}

function ViewCommand({ entry }: { readonly entry: ViewEntry }) {
  useCommand(entry.command, () => showView(entry.name));
  return null;
}
