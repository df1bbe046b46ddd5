import { type ReactNode, useId } from 'react';
import styles from './section.module.css';

export interface SectionProps {
  readonly title: string;
  /** Beside the title, at the right. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a detail tab. */
export function Section({ title, aside, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <h3 id={id} className={styles.title}>
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** Names at the left, values at the right; holds `Field`s. */
export function Fields({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.fields}>{children}</dl>;
}

export function Field({ label, children }: FieldProps) {
  return (
    <>
      <dt className={styles.label}>{label}</dt>
      <dd className={styles.value}>{children}</dd>
    </>
  );
}
