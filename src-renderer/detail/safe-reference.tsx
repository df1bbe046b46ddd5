import { displayName } from './display-name.ts';
import styles from './safe-reference.module.css';
import { SafeText } from './safe-text.tsx';

/** `docker.io/`**`library/python`**`:`**`3.12-slim`**: a reference with its parts told apart, hostile ones made visible. */
export function SafeReference({ reference }: { readonly reference: string }) {
  const { registry, repository, tag, digest } = displayName(reference);
  return (
    <bdi>
      {registry !== '' && (
        <span className={styles.quiet}>
          <SafeText text={registry} />/
        </span>
      )}
      <SafeText text={repository} className={styles.strong} />
      {tag !== null && (
        <>
          <span className={styles.quiet}>:</span>
          <SafeText text={tag} className={styles.tag} />
        </>
      )}
      {digest !== null && (
        <span className={styles.quiet}>
          @<SafeText text={digest} />
        </span>
      )}
    </bdi>
  );
}
