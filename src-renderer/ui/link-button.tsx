import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import styles from './link-button.module.css';

/** A button that reads as a link: it leads to what it names, or stands in the midst of a line. */
export function LinkButton({ className, ...rest }: ComponentProps<'button'>) {
  return <button type="button" {...rest} className={classNames(styles.link, className)} />;
}
