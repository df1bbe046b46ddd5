import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import styles from './tooltip.module.css';

export interface TooltipProps {
  /** Text only. A screen reader does not get it: whatever it adds must also be in the element's own name. */
  readonly content: ReactNode;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  /** The element it belongs to; must take a ref and mouse and focus events. */
  readonly children: ReactElement;
}

/** A line that shows while its element is hovered or has the keyboard's focus; Escape puts it away. */
export function Tooltip({ content, side = 'bottom', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} sideOffset={6} collisionPadding={8}>
          <Base.Popup className={styles.popup}>{content}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Around the whole app: once one tooltip shows, its neighbours show without the wait. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return <Base.Provider delay={450}>{children}</Base.Provider>;
}
