import { ContextMenu as Base } from '@base-ui/react/context-menu';
import type { ReactNode } from 'react';
import styles from './menu.module.css';

export interface ContextMenuProps {
  /** What is clicked on. */
  readonly area: ReactNode;
  /** Told what a menu may be asked of; false leaves it to the system. */
  readonly onAsk: (target: Element) => boolean;
  /** `MenuItem`s and `MenuSeparator`s. */
  readonly children: ReactNode;
}

/** A menu where the pointer is, or at what has the focus; Escape gives that the focus back. */
export function ContextMenu({ area, onAsk, children }: ContextMenuProps) {
  return (
    <Base.Root>
      <Base.Trigger
        className={styles.area}
        onContextMenu={(event) => {
          if (!onAsk(event.target as Element)) event.preventBaseUIHandler();
        }}
        onTouchStart={(event) => {
          if (!onAsk(event.target as Element)) event.preventBaseUIHandler();
        }}
      >
        {area}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} collisionPadding={8}>
          <Base.Popup className={styles.popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
