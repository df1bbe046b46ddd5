import styles from './kbd.module.css';

/** A key or a combination, as the platform writes it. */
export function Kbd({ children }: { readonly children: string }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
