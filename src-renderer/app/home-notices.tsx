import { X } from 'lucide-react';
import { Children, type ReactNode, useState } from 'react';
import type { HomeState } from '../../src-shared/domain/home.ts';
import type { SettingsState } from '../../src-shared/domain/settings.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { useKeptSettings } from '../settings/settings-store.ts';
import { Button, IconButton, Notice } from '../ui/index.ts';
import { runCommand } from './commands.ts';
import styles from './home-notices.module.css';
import { useHome } from './queries.ts';
import { readOnlyReasons } from './read-only.ts';

interface HomeNotice {
  readonly key: string;
  readonly kind: 'info' | 'warning';
  readonly title: string;
  /** Plain text, or what stands in words of its own. */
  readonly lines: readonly ReactNode[];
  readonly actions?: ReactNode;
}

/** What a person should know of the open cache before anything else. Each can be put away until the next start. */
export function HomeNotices() {
  const home = useHome().data;
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const { state } = useKeptSettings();
  const notices = [
    ...(state === null ? [] : settingsNotices(state)),
    ...(home === undefined ? [] : noticesOf(home)),
  ].filter(({ key }) => !dismissed.has(key));
  if (notices.length === 0) return null;
  return (
    <section className={styles.notices} aria-label="About this cache">
      {notices.map(({ key, kind, title, lines, actions }) => (
        <Notice
          key={key}
          kind={kind}
          title={title}
          actions={
            <>
              {actions}
              <IconButton
                label="Put this notice away"
                size="small"
                icon={<X size={14} />}
                onClick={() => setDismissed(new Set([...dismissed, key]))}
              />
            </>
          }
        >
          {lines.length === 1 && (
            <p>
              <Line>{lines[0]}</Line>
            </p>
          )}
          {lines.length > 1 && (
            <ul className={styles.list}>
              {Children.map(lines, (line) => (
                <li>
                  <Line>{line}</Line>
                </li>
              ))}
            </ul>
          )}
        </Notice>
      ))}
    </section>
  );
}

function Line({ children }: { readonly children: ReactNode }) {
  return typeof children === 'string' ? <SafeText text={children} /> : children;
}

function noticesOf(home: HomeState): readonly HomeNotice[] {
  const notices: HomeNotice[] = [];
  if (home.isSample) {
    notices.push({
      key: `sample ${home.home}`,
      kind: 'info',
      title: 'This is the sample cache, a copy of its own: try every button.',
      lines: [],
      actions: (
        <Button size="small" onClick={() => runCommand('open-cache')}>
          Open another folder…
        </Button>
      ),
    });
  }
  if (home.schema.kind === 'unknown-intact') {
    notices.push({
      key: `schema ${home.home}`,
      kind: 'info',
      title: 'A newer msb has used this cache than Strata knows.',
      lines: [
        `All that Strata relies on is as expected, so everything works. New: ${home.schema.unknownMigrations.join(', ')}.`,
      ],
    });
  }
  if (home.movedFrom !== null) {
    notices.push({
      key: `moved ${home.home}`,
      kind: 'warning',
      title: 'This cache was moved or copied here.',
      lines: [
        `Its disk descriptors still name ${home.movedFrom}: a sandbox that msb starts from here boots from there, or not at all.`,
        <>
          Put the cache back there, or pull the images you want to run here again:{' '}
          <span className={styles.command}>msb pull --force</span> writes the new place.
        </>,
        'Looking and reclaiming concern this folder only.',
      ],
    });
  }
  const reasons = readOnlyReasons(home);
  if (reasons.length > 0) {
    notices.push({
      key: `read-only ${home.home}`,
      kind: 'warning',
      title: 'Nothing can be removed from this cache.',
      lines: reasons,
    });
  }
  return notices;
}

/** What of the settings file could not be used is told before anything is written to it. */
function settingsNotices({ notices }: SettingsState): readonly HomeNotice[] {
  if (notices.length === 0) return [];
  return [
    {
      key: `settings ${notices.join()}`,
      kind: 'warning',
      title: 'Part of the settings file could not be used.',
      lines: notices,
      actions: (
        <Button size="small" onClick={() => runCommand('show-settings')}>
          Settings…
        </Button>
      ),
    },
  ];
}
