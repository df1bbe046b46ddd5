import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { OutsideDisk, Usage, UsageDetail } from '../../src-shared/domain/usage.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Badge } from '../ui/index.ts';
import styles from './beside-map.module.css';
import { explainDetail, summarizeOutside } from './detail-words.ts';

interface BesideMapProps {
  readonly usage: Usage;
  readonly detail: UsageDetail | undefined;
}

/** What the map cannot show: which sizes mislead, and the disks outside the cache that keep images in it. */
export function BesideMap({ usage, detail }: BesideMapProps) {
  return (
    <div className={styles.beside}>
      {usage.outside.length > 0 && <OutsideDisks disks={usage.outside} />}
      {detail !== undefined && (
        <details>
          <summary className={styles.summary}>About these files</summary>
          <ul className={styles.sentences}>
            {explainDetail(detail).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function OutsideDisks({ disks }: { readonly disks: readonly OutsideDisk[] }) {
  const bytes = disks.reduce((sum, disk) => sum + disk.allocatedBytes, 0);
  return (
    <details>
      <summary className={styles.summary}>{summarizeOutside(disks.length, bytes)}</summary>
      <p className={styles.about}>
        Not part of the cache and never touched here, but they keep images in it.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={styles.scroller} aria-label="Disks beside the cache" tabIndex={0}>
        <ul>
          {disks
            .toSorted((left, right) => right.allocatedBytes - left.allocatedBytes)
            .map((disk) => (
              <li key={`${disk.kind} ${disk.path}`} className={styles.disk} title={toVisible(disk.path)}>
                <Badge kind={disk.kind === 'snapshot' ? 'snapshot' : 'neutral'}>
                  {disk.kind === 'snapshot' ? 'Snapshot' : 'Sandbox'}
                </Badge>
                <bdi className={styles.name}>{toVisible(disk.name)}</bdi>
                <span
                  title={`${formatCount(disk.allocatedBytes)} bytes, ${formatCount(disk.logicalBytes)} long`}
                >
                  {formatBytes(disk.allocatedBytes)}
                </span>
              </li>
            ))}
        </ul>
      </section>
    </details>
  );
}
