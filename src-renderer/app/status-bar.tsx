import { formatCount } from '../../src-shared/domain/format.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { classNames } from '../ui/index.ts';
import { SetAsideStatus } from '../undo/set-aside-status.tsx';
import { type Connection, useLive } from './live.ts';
import { useHome, useUsage } from './queries.ts';
import { isHomeReadOnly } from './read-only.ts';
import styles from './status-bar.module.css';
import { hasVanished } from './vanished.ts';
import { workText } from './work-words.ts';

export function StatusBar() {
  const { connection, work } = useLive();
  const home = useHome();
  const usage = useUsage().data;
  const isAway = connection === 'live' && hasVanished(home.data);
  const isReadOnly = isHomeReadOnly(home.data);
  const version = home.data?.msbVersion ?? null;
  return (
    <footer className={styles.bar}>
      <span className={classNames(styles.state, styles[isAway ? 'lost' : lamp(connection, isReadOnly)])}>
        <span className={styles.dot} aria-hidden="true" />
        {isAway ? 'Waiting for the cache to come back' : connectionText(connection)}
        {!isAway && connection === 'live' && isReadOnly && ' · read only'}
        {!isAway && connection === 'live' && version !== null && ` · msb ${version}`}
      </span>
      {!isAway && usage !== undefined && <Counts usage={usage} />}
      {connection === 'live' && work !== null && work.operations > 0 && (
        <span className={styles.work}>{workText(work)}</span>
      )}
      {!isAway && <SetAsideStatus />}
      {!isAway && usage !== undefined && <Whole usage={usage} />}
    </footer>
  );
}

function lamp(connection: Connection, isReadOnly: boolean): 'live' | 'limited' | 'lost' | 'connecting' {
  if (connection === 'live' && isReadOnly) return 'limited';
  return connection === 'refused' ? 'lost' : connection;
}

function connectionText(connection: Connection): string {
  switch (connection) {
    case 'connecting':
      return 'Connecting…';
    case 'live':
      return 'Live';
    case 'lost':
      return 'Connection lost, trying again…';
    case 'refused':
      return 'Not admitted';
    default:
      return assertNever(connection);
  }
}

interface UsageProps {
  readonly usage: Usage;
}

function Counts({ usage: { counts } }: UsageProps) {
  const others: string[] = [];
  if (counts.damaged > 0) others.push(`${formatCount(counts.damaged)} damaged`);
  if (counts.unlisted > 0) others.push(`${formatCount(counts.unlisted)} unlisted`);
  return (
    <span className={styles.counts}>
      {plural(counts.references, 'image')}
      <span className={styles.lesser}>
        {` · ${plural(counts.manifests, 'digest')} · ${plural(counts.layers, 'layer')}`}
      </span>
      {others.map((words) => ` · ${words}`).join('')}
    </span>
  );
}

function Whole({ usage }: UsageProps) {
  const sum = usage.lines.reduce((bytes, line) => bytes + line.allocatedBytes, 0);
  return (
    <span className={styles.whole}>
      {sum === usage.totalBytes && <span className={styles.before}>Every byte accounted for: </span>}
      <span>{`${formatCount(usage.totalBytes)} B in ${plural(usage.files, 'file')}`}</span>
    </span>
  );
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
