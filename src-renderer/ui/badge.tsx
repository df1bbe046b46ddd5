import type { ComponentProps, ReactNode } from 'react';
import styles from './badge.module.css';
import { classNames } from './class-names.ts';

/** One meaning per colour: green runs, violet snapshots and flat disks, red damage, amber a caution, blue shared. */
export type BadgeKind = 'neutral' | 'running' | 'snapshot' | 'danger' | 'warning' | 'shared';

export interface BadgeProps extends ComponentProps<'span'> {
  readonly kind?: BadgeKind;
  /** A 14 px icon; decoration only, the words carry the meaning. */
  readonly icon?: ReactNode;
}

/** A short state in words. */
export function Badge({ kind = 'neutral', icon, className, children, ...rest }: BadgeProps) {
  return (
    <span {...rest} className={classNames(styles.badge, kind !== 'neutral' && styles[kind], className)}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
