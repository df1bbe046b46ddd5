import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './menu.module.css';

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  /** `MenuItem`s and `MenuSeparator`s. */
  readonly children: ReactNode;
  readonly align?: 'start' | 'end';
  /** For a menu that also opens by other means than its button. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

/** The WAI-ARIA menu button: arrows, type-ahead, Escape gives the focus back. */
export function Menu({ trigger, children, align = 'start', isOpen, onOpenChange }: MenuProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => onOpenChange?.(open)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} align={align} sideOffset={5} collisionPadding={8}>
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}

export function MenuItem({ onSelect, icon, shortcut, isDanger, isDisabled, children }: MenuItemProps) {
  return (
    <Base.Item
      className={classNames(styles.item, isDanger === true && styles.danger)}
      disabled={isDisabled ?? false}
      onClick={onSelect}
    >
      {icon}
      <span className={styles.words}>{children}</span>
      {shortcut !== undefined && <span className={styles.shortcut}>{shortcut}</span>}
    </Base.Item>
  );
}

export interface MenuCheckboxItemProps {
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  /** Shown at the end in small type. */
  readonly note?: string | null;
  readonly children: ReactNode;
}

/** Something to switch on or off; the menu stays open for the next. */
export function MenuCheckboxItem({ isChecked, onChange, note, children }: MenuCheckboxItemProps) {
  return (
    <Base.CheckboxItem className={styles.item} checked={isChecked} onCheckedChange={onChange}>
      <span className={styles.check}>
        <Base.CheckboxItemIndicator>
          <Check size={14} aria-hidden="true" />
        </Base.CheckboxItemIndicator>
      </span>
      <span className={styles.words}>{children}</span>
      {note != null && <span className={styles.shortcut}>{note}</span>}
    </Base.CheckboxItem>
  );
}

export function MenuSeparator() {
  return <Base.Separator className={styles.separator} />;
}
