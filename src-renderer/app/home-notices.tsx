import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { HomeState } from '../../src-shared/domain/home.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { Button, IconButton, Notice } from '../ui/index.ts';
import { runCommand } from './commands.ts';
import styles from './home-notices.module.css';
import { useHome } from './queries.ts';

interface HomeNotice {
  readonly key: string;
  readonly kind: 'info' | 'warning';
  readonly title: string;
  readonly lines: readonly string[];
  readonly actions?: ReactNode;
}

/** What a person should know of the open cache before anything else. Each can be put away until the next start. */
export function HomeNotices() {
  const home = useHome().data;
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const notices = home === undefined ? [] : noticesOf(home).filter(({ key }) => !dismissed.has(key));
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
              <SafeText text={lines[0]!} />
            </p>
          )}
          {lines.length > 1 && (
            <ul className={styles.list}>
              {lines.map((line) => (
                <li key={line}>
                  <SafeText text={line} />
                </li>
              ))}
            </ul>
          )}
        </Notice>
      ))}
    </section>
  );
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

function readOnlyReasons(home: HomeState): readonly string[] {
  const differences = home.schema.kind === 'not-intact' ? home.schema.differences : [];
  return [...new Set([...home.readOnlyReasons, ...differences])];
}
