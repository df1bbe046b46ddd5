import { AlertDialog as BaseAlert } from '@base-ui/react/alert-dialog';
import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import type { CSSProperties, ReactNode, RefObject } from 'react';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly isOpen: boolean;
  /** Escape, and for a plain dialog a click outside. To refuse closing (work under way), do nothing. */
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** One or two sentences under the title; read out with it. */
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, the safe one first in reading order. */
  readonly actions: ReactNode;
  /** What has the focus at first. Without it the first button or field: put the safe one there. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** Pixels; the window's width less a margin is the limit. */
  readonly width?: number;
}

/** A question that must be answered (`role="alertdialog"`): a click outside does not close it. */
export function AlertDialog(props: DialogProps) {
  return (
    <BaseAlert.Root open={props.isOpen} onOpenChange={(open) => !open && props.onClose()}>
      <BaseAlert.Portal>
        <BaseAlert.Backdrop className={styles.backdrop} />
        <BaseAlert.Popup
          className={styles.popup}
          style={widthStyle(props.width)}
          initialFocus={props.initialFocus}
        >
          <div className={styles.head}>
            <BaseAlert.Title className={styles.title}>{props.title}</BaseAlert.Title>
            {props.description !== undefined && (
              <BaseAlert.Description className={styles.description} render={<div />}>
                {props.description}
              </BaseAlert.Description>
            )}
          </div>
          <div className={styles.body}>{props.children}</div>
          <div className={styles.actions}>{props.actions}</div>
        </BaseAlert.Popup>
      </BaseAlert.Portal>
    </BaseAlert.Root>
  );
}

/** A form or a look at something (`role="dialog"`), put away by Escape or a click outside. */
export function Dialog(props: DialogProps) {
  return (
    <BaseDialog.Root open={props.isOpen} onOpenChange={(open) => !open && props.onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          className={styles.popup}
          style={widthStyle(props.width)}
          initialFocus={props.initialFocus}
        >
          <div className={styles.head}>
            <BaseDialog.Title className={styles.title}>{props.title}</BaseDialog.Title>
            {props.description !== undefined && (
              <BaseDialog.Description className={styles.description} render={<div />}>
                {props.description}
              </BaseDialog.Description>
            )}
          </div>
          <div className={styles.body}>{props.children}</div>
          <div className={styles.actions}>{props.actions}</div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

function widthStyle(width: number | undefined): CSSProperties | undefined {
  return width === undefined ? undefined : ({ '--dialog-width': `${width}px` } as CSSProperties);
}
