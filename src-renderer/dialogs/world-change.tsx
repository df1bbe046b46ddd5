import { formatCount } from '../../src-shared/domain/format.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { shortenHashesIn } from '../detail/short-name.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Notice } from '../ui/index.ts';
import styles from './world-change.module.css';

/** Names listed of each side before the rest is counted. */
const MOST_NAMES = 20;

export interface WorldChangeProps {
  readonly appeared: readonly string[];
  readonly disappeared: readonly string[];
}

/** Why a plan was not applied: what is different from what the person saw. The new plan stands below it. */
export function WorldChange({ appeared, disappeared }: WorldChangeProps) {
  return (
    <Notice kind="warning" role="alert" title="The cache changed, so nothing was removed">
      <p>Below is what would go now. Look at the difference, then decide again.</p>
      <Names label="Would go now, did not before" names={appeared} />
      <Names label="Does not go any more" names={disappeared} />
    </Notice>
  );
}

function Names({ label, names }: { readonly label: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.names} aria-label={label} tabIndex={0}>
      <h3 className={styles.label}>{label}</h3>
      <ul>
        {names.slice(0, MOST_NAMES).map((name) => (
          <li key={name} title={toVisible(name)}>
            <SafeText text={shortenHashesIn(name)} className={styles.name} />
          </li>
        ))}
        {names.length > MOST_NAMES && <li>and {formatCount(names.length - MOST_NAMES)} more</li>}
      </ul>
    </section>
  );
}
