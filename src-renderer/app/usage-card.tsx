import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import { Bytes, StackedBar, Swatch } from '../ui/index.ts';
import { useSetAside } from '../undo/use-set-aside.ts';
import styles from './usage-card.module.css';
import { usageShares } from './usage-lines.ts';

export interface UsageCardProps {
  /** Null while it is not known. */
  readonly usage: Usage | null;
}

/** How large the cache is and what fills it. */
export function UsageCard({ usage }: UsageCardProps) {
  const setAside = useSetAside().bytes;
  const shares = usage === null ? [] : usageShares(usage);
  return (
    <section className={styles.card} aria-label="Image cache">
      <h2 className={styles.title}>Image cache</h2>
      <Bytes className={styles.total} value={usage?.totalBytes ?? null} />
      <StackedBar parts={shares} hasGaps />
      {usage !== null && (
        <ul className={styles.legend}>
          {shares.map((share) => (
            <li
              key={share.label}
              className={styles.line}
              title={`${formatCount(share.bytes)} bytes in ${formatCount(share.files)} files`}
            >
              <Swatch color={share.color} />
              <span className={styles.label}>{share.label}</span>
              <span className={styles.bytes}>{formatBytes(share.bytes)}</span>
            </li>
          ))}
        </ul>
      )}
      {setAside > 0 && (
        <p className={styles.free} title={`${formatCount(setAside)} bytes`}>
          {formatBytes(setAside)} not yet freed
        </p>
      )}
      {usage !== null && usage.freeSpaceBytes !== null && (
        <p className={styles.free}>{formatBytes(usage.freeSpaceBytes)} free on this disk</p>
      )}
    </section>
  );
}
