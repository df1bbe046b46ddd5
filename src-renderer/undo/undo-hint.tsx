import { countOf } from '../detail/count-words.ts';
import { useSettings } from '../settings/settings-store.ts';

/** Before a removal, while undo is on: its space does not come free at once. */
export function UndoHint({ className }: { readonly className?: string | undefined }) {
  const minutes = useSettings()?.undoMinutes ?? 0;
  if (minutes === 0) return null;
  return (
    <p className={className}>
      Undo is on: what goes is set aside first, and its space comes free after {countOf(minutes, 'minute')} or
      when you empty it.
    </p>
  );
}
