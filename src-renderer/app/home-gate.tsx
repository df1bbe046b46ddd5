import { FolderSearch, KeyRound, Unplug } from 'lucide-react';
import { type ReactNode, useLayoutEffect } from 'react';
import type { HomeState, HomeStatus } from '../../src-shared/domain/home.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { announce, Button, classNames, EmptyState, ErrorNotice, Spinner } from '../ui/index.ts';
import { runCommand } from './commands.ts';
import styles from './home-gate.module.css';
import { useLive } from './live.ts';
import { useHome } from './queries.ts';
import { hasVanished } from './vanished.ts';

/** Shows its children once a cache is open; before, what is missing and what can be done about it. */
export function HomeGate({ children }: { readonly children: ReactNode }) {
  const home = useHome();
  const { connection } = useLive();
  if (connection === 'refused') return <NotAdmitted />;
  if (home.data !== undefined) {
    const isAway = hasVanished(home.data);
    if (home.data.status !== 'open' && !isAway) return <NoCache home={home.data} />;
    return (
      <>
        <Kept isAway={isAway}>{children}</Kept>
        {isAway && <Vanished home={home.data} />}
      </>
    );
  }
  return (
    <div className={styles.wait}>
      {home.error === null ? (
        <Spinner label="Opening the cache" size={22} />
      ) : (
        <ErrorNotice error={home.error.error} onRetry={() => void home.refetch()} />
      )}
    </div>
  );
}

interface KeptProps {
  readonly isAway: boolean;
  readonly children: ReactNode;
}

/** What is on screen: while its cache is away out of sight and reach, in its place and as it was. */
function Kept({ isAway, children }: KeptProps) {
  useLayoutEffect(() => {
    if (!isAway) return;
    // Still the one: the browser takes the focus from what is inert before it draws again.
    const focused = document.activeElement;
    return () => {
      announce('The cache is back.');
      if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus();
    };
  }, [isAway]);
  return (
    <div className={classNames(styles.kept, isAway && styles.isAway)} inert={isAway}>
      {children}
    </div>
  );
}

/** The cache that was on screen is gone: most likely its drive. */
function Vanished({ home }: { readonly home: HomeState }) {
  return (
    <div className={styles.over}>
      <EmptyState
        icon={<Unplug size={24} />}
        title="The cache is not there any more"
        actions={<Button onClick={() => runCommand('open-cache')}>Open another folder…</Button>}
      >
        <p role="alert">
          It was open a moment ago. Connect its drive again, or put its folder back: Strata then goes on by
          itself, where you were.
        </p>
        <code className={styles.path}>
          <SafeText text={home.home} />
        </code>
      </EmptyState>
    </div>
  );
}

function NoCache({ home }: { readonly home: HomeState }) {
  const { title, words, path } = explainAbsence(home, home.status);
  return (
    <div className={styles.fill}>
      <EmptyState
        icon={<FolderSearch size={24} />}
        title={title}
        actions={
          <>
            <Button variant="primary" onClick={() => runCommand('open-sample')}>
              Open the sample cache
            </Button>
            <Button onClick={() => runCommand('open-cache')}>Open another folder…</Button>
          </>
        }
      >
        <p>{words}</p>
        <code className={styles.path}>
          <SafeText text={path} />
        </code>
      </EmptyState>
    </div>
  );
}

function explainAbsence(
  home: HomeState,
  status: HomeStatus,
): { readonly title: string; readonly words: string; readonly path: string } {
  switch (status) {
    case 'no-home':
      return {
        title: 'No microsandbox here yet',
        words: 'The folder where msb keeps its images does not exist. It appears with the first msb pull.',
        path: home.home,
      };
    case 'no-database':
      return {
        title: 'No image cache here yet',
        words:
          'The folder exists, but msb has not made its database in it. It does so with the first msb pull.',
        path: home.databaseFile,
      };
    case 'no-cache':
    case 'open':
      return {
        title: 'Nothing is cached yet',
        words: 'msb has its database, but has not made the cache folder. It does so with the first msb pull.',
        path: home.cacheDir,
      };
    default:
      return assertNever(status);
  }
}

function NotAdmitted() {
  return (
    <div className={styles.fill}>
      <EmptyState icon={<KeyRound size={24} />} title="This page is not admitted">
        <p>
          Strata answers only to the address it printed when it started, with its token at the end. Open that
          address again, whole.
        </p>
      </EmptyState>
    </div>
  );
}
