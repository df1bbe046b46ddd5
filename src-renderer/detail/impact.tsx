import { useCall } from '../app/queries.ts';
import { ErrorNotice, Spinner } from '../ui/index.ts';
import styles from './impact.module.css';
import { SafeText } from './safe-text.tsx';

/** An image by its reference, a layer by its diff ID, or a flat root disk. */
export type ImpactOf =
  | { readonly reference: string }
  | { readonly diffId: string }
  | { readonly artifactDigest: string };

/** What happens to whom when it goes, and how it can be had again. */
export function ImpactWords({ of }: { readonly of: ImpactOf }) {
  const impact = useCall('images.impact', of);
  if (impact.data === undefined) {
    return impact.error === null ? (
      <Spinner label="Working out who needs it" />
    ) : (
      <ErrorNotice error={impact.error.error} onRetry={() => void impact.refetch()} />
    );
  }
  const { consequences, children, recovery } = impact.data;
  return (
    <div className={styles.words}>
      <ul className={styles.consequences}>
        {consequences.map((sentence) => (
          <li key={sentence}>
            <SafeText text={sentence} />
          </li>
        ))}
      </ul>
      {children.length > 0 && (
        <ul className={styles.consequences}>
          {children.map(({ name, parent }) => (
            <li key={`${parent} ${name}`}>
              Snapshot <SafeText text={name} /> was made from <SafeText text={parent} />.
            </li>
          ))}
        </ul>
      )}
      <p className={styles.recovery}>
        <SafeText text={recovery} />
      </p>
    </div>
  );
}
