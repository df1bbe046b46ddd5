import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './notice.module.css';

export interface NoticeProps {
  readonly kind?: 'info' | 'warning' | 'danger';
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** `alert` interrupts a screen reader: for what just failed. */
  readonly role?: 'alert' | 'note';
}

/** A message that stays where it concerns: what happened, to what, what next. */
export function Notice({ kind = 'info', title, children, actions, role = 'note' }: NoticeProps) {
  return (
    <div className={classNames(styles.notice, kind !== 'info' && styles[kind])} role={role}>
      <span className={styles.mark} aria-hidden="true">
        {kind === 'info' && <Info size={16} />}
        {kind === 'warning' && <TriangleAlert size={16} />}
        {kind === 'danger' && <CircleAlert size={16} />}
      </span>
      <div className={styles.words}>
        <div className={styles.title}>{title}</div>
        {children}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
