import { displayReference } from '../../src-shared/domain/reference.ts';
import { classNames } from './class-names.ts';
import styles from './reference-text.module.css';

export interface ReferenceTextProps {
  readonly reference: string;
  readonly className?: string | undefined;
}

/** `docker.io/`**`library/python`**`:3.12-slim`: a reference in one line of text, its parts told apart by weight. */
export function ReferenceText({ reference, className }: ReferenceTextProps) {
  const { registry, repository, tag, digest } = displayReference(reference);
  return (
    <bdi className={classNames(styles.reference, className)}>
      {registry !== '' && <span className={styles.registry}>{registry}/</span>}
      <span className={styles.repository}>{repository}</span>
      {tag !== null && <span className={styles.tag}>:{tag}</span>}
      {digest !== null && <span className={styles.tag}>@{digest}</span>}
    </bdi>
  );
}
