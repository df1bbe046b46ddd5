import { Fragment } from 'react';
import type { Holder } from '../../src-shared/domain/holder.ts';
import styles from './held-by.module.css';
import { SafeText } from './safe-text.tsx';

/** Holders named before the rest is only counted. */
const MOST_NAMED = 4;

/** `Held by **agent-7** (running) and **scratch** (stopped)`. */
export function HeldBy({ holders }: { readonly holders: readonly Holder[] }) {
  if (holders.length === 0) return <p className={styles.held}>Nothing holds this image.</p>;
  const named = holders.slice(0, holders.length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);
  const rest = holders.length - named.length;
  return (
    <p className={styles.held}>
      Held by{' '}
      {named.map((holder, index) => (
        <Fragment key={keyOf(holder)}>
          {separate(index, named.length, rest)}
          <HolderName holder={holder} />
        </Fragment>
      ))}
      {rest > 0 && ` and ${rest} more`}
    </p>
  );
}

function HolderName({ holder }: { readonly holder: Holder }) {
  switch (holder.kind) {
    case 'sandbox':
      return (
        <>
          <SafeText text={holder.name} className={styles.name} /> ({holder.status.toLowerCase()})
        </>
      );
    case 'snapshot':
      return (
        <>
          snapshot <SafeText text={holder.name ?? holder.path} className={styles.name} />
        </>
      );
    case 'unknown-table':
      return (
        <>
          unknown table <SafeText text={holder.table} className={styles.name} />
        </>
      );
  }
}

function separate(index: number, count: number, rest: number): string {
  if (index === 0) return '';
  return index === count - 1 && rest === 0 ? ' and ' : ', ';
}

function keyOf(holder: Holder): string {
  switch (holder.kind) {
    case 'sandbox':
      return `sandbox ${holder.name}`;
    case 'snapshot':
      return `snapshot ${holder.path}`;
    case 'unknown-table':
      return `table ${holder.table}`;
  }
}
