import { type RefObject, useEffect } from 'react';

/**
 * A pane that covers what it stands beside takes the keyboard along whenever it shows something else. Not out of a
 * dialog, though, or out of the title bar: a window may become too narrow at any time.
 *
 * @param shown what the pane shows; null while it covers nothing
 * @param target what gets the focus, inside the pane
 */
export function useCoveringFocus(shown: string | null, target: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (shown === null) return;
    const { activeElement, body } = document;
    const view = target.current?.closest('main');
    if (activeElement === body || view?.contains(activeElement) === true) target.current?.focus();
  }, [shown, target]);
}
