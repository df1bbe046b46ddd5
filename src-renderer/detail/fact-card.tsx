import { formatAge } from '../../src-shared/domain/format.ts';
import type { ImageFacts, ImageHandle } from '../../src-shared/domain/image.ts';
import { useNow } from '../app/use-now.ts';
import { Bytes, classNames } from '../ui/index.ts';
import styles from './fact-card.module.css';
import { namePlatform } from './platform-name.ts';
import { SafeText } from './safe-text.tsx';
import { formatExactTime } from './time.ts';

export interface FactCardProps {
  readonly handle: ImageHandle;
  readonly facts: ImageFacts;
}

/** The four numbers people open an image for. */
export function FactCard({ handle, facts }: FactCardProps) {
  return (
    <dl className={styles.card}>
      <div className={styles.fact}>
        <dt>On disk</dt>
        <dd>
          <Bytes value={facts.onDiskBytes} />
        </dd>
      </div>
      <div className={styles.fact}>
        <dt>Frees if removed</dt>
        <dd>
          <Bytes value={facts.freedIfRemovedBytes} />
        </dd>
      </div>
      <div className={classNames(styles.fact, styles.platform)}>
        <dt>Platform</dt>
        <dd>
          <SafeText text={facts.platform === null ? 'unknown' : namePlatform(facts.platform)} />
        </dd>
      </div>
      <div className={classNames(styles.fact, styles.lesser)}>
        <dt>Last used</dt>
        <dd title={formatExactTime(handle.lastUsedAt)}>{formatAge(handle.lastUsedAt, useNow())}</dd>
      </div>
    </dl>
  );
}
