import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

/** `danger` is for what destroys: red words, never the filled look, which belongs to the one primary button of a view. */
type ButtonVariant = 'default' | 'primary' | 'danger' | 'ghost';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: ButtonVariant;
  readonly size?: 'normal' | 'small';
  /** Drawn before the words; decoration only. */
  readonly icon?: ReactNode;
}

export function Button({
  variant = 'default',
  size = 'normal',
  icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(
        styles.button,
        variantClass(variant),
        size === 'small' && styles.small,
        className,
      )}
    >
      {icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** The button's name, also shown as its tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
  /** Shown after the label in the tooltip, for example `⌘R`. */
  readonly shortcut?: string;
}

/** A button with a picture for words; its name shows on hover and focus. */
export function IconButton({
  label,
  icon,
  shortcut,
  variant = 'ghost',
  size = 'normal',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={shortcut === undefined ? label : `${label}  ${shortcut}`}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classNames(
          styles.button,
          styles.icon,
          variantClass(variant),
          size === 'small' && styles.small,
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}

function variantClass(variant: ButtonVariant): string | undefined {
  return variant === 'default' ? undefined : styles[variant];
}
