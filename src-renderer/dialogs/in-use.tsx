import { Box, Camera, Table2 } from 'lucide-react';
import { describeHolder, type Holder } from '../../src-shared/domain/holder.ts';
import type { ImageFacts } from '../../src-shared/domain/image.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { joinNames } from '../detail/count-words.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { CopyText } from '../ui/index.ts';
import styles from './in-use.module.css';
import { canForce, listWaysOut } from './removal-words.ts';

export interface InUseProps {
  readonly error: Extract<CacheError, { code: 'in-use' }>;
  /** Of every reference that was to go: the error names only the first that is held. */
  readonly facts: readonly ImageFacts[];
}

/** Who holds the images, what can be done about each, and what forcing would do. */
export function InUse({ error, facts }: InUseProps) {
  const held = new Map<string, { holder: Holder; references: string[] }>();
  const add = (holder: Holder, reference: string) => {
    const known = held.get(describeHolder(holder)) ?? { holder, references: [] };
    if (!known.references.includes(reference)) known.references.push(reference);
    held.set(describeHolder(holder), known);
  };
  for (const holder of error.holders) add(holder, error.reference);
  for (const image of facts) for (const holder of image.holders) add(holder, image.reference);
  const holders = [...held.values()].map(({ holder }) => holder);
  return (
    <div className={styles.body}>
      <p>
        {holders.length === 1 ? 'One holder needs' : `${holders.length} holders need`}{' '}
        {facts.length > 1 ? 'some of these images' : 'this image'}. Nothing was changed.
      </p>
      <ul className={styles.ways}>
        {listWaysOut(holders).map(({ holder, title, advice, commands }) => (
          <li key={title} className={styles.way}>
            <HolderIcon holder={holder} />
            <div className={styles.words}>
              <SafeText text={title} className={styles.name} />
              {facts.length > 1 && (
                <div className={styles.quiet}>
                  holds <SafeText text={joinNames(held.get(title)?.references ?? [], 3)} />
                </div>
              )}
              <p>{advice}</p>
              {commands.map((command) => (
                <div key={command}>
                  <CopyText text={command} shown={command} what="command" />
                </div>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {canForce(holders) ? (
        <p className={styles.quiet}>
          Force remove takes only the name away. The files stay until the{' '}
          {holders.length === 1 ? 'holder is' : 'holders are'} gone: no sandbox breaks, and hardly any space
          comes free now.
        </p>
      ) : (
        <p className={styles.quiet}>This cannot be forced: Strata does not know what else would break.</p>
      )}
    </div>
  );
}

function HolderIcon({ holder }: { readonly holder: Holder }) {
  switch (holder.kind) {
    case 'sandbox':
      return <Box size={16} aria-hidden="true" />;
    case 'snapshot':
      return <Camera size={16} aria-hidden="true" />;
    case 'unknown-table':
      return <Table2 size={16} aria-hidden="true" />;
  }
}
