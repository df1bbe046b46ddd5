import { useSyncExternalStore } from 'react';
import { toVisible } from '../detail/visible-text.ts';
import { VisuallyHidden } from './visually-hidden.tsx';

interface Announcement {
  readonly text: string;
  /** Changes with every announcement, so that the same words twice are read twice. */
  readonly turn: number;
}

let current: Announcement = { text: '', turn: 0 };
const listeners = new Set<() => void>();

/** Says a sentence to screen readers, once they have finished what they are saying; names in it made visible. */
export function announce(text: string): void {
  current = { text: toVisible(text), turn: current.turn + 1 };
  for (const listener of listeners) listener();
}

/** Where `announce` is heard. Mounted once, for as long as the app lasts. */
export function LiveRegion() {
  const { text, turn } = useSyncExternalStore(subscribe, () => current);
  return (
    <VisuallyHidden>
      <div role="status" aria-live="polite">
        <span key={turn}>{text}</span>
      </div>
    </VisuallyHidden>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
