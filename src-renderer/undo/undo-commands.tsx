import { useState } from 'react';
import { useCommand } from '../app/commands.ts';
import { AlertDialog, Button, ErrorNotice } from '../ui/index.ts';
import { EmptyDialog } from './empty-dialog.tsx';
import { useSetAside } from './use-set-aside.ts';
import { useUndo } from './use-undo.ts';

/** Undoing the last removal, and giving up that possibility, from anywhere. Draws only what they ask or fail with. */
export function UndoCommands() {
  const { bytes, newest } = useSetAside();
  const undo = useUndo();
  const [isAsking, setAsking] = useState(false);
  const [isErrorSeen, setErrorSeen] = useState(false);

  const restore = () => {
    if (newest === undefined) return;
    setErrorSeen(false);
    void undo.restore(newest.id);
  };
  useCommand(
    'undo-removal',
    restore,
    newest === undefined ? 'There is no removal that can be undone.' : null,
  );
  useCommand('empty-removed', () => setAsking(true), bytes === 0 ? 'Nothing is set aside.' : null);

  if (isAsking) return <EmptyDialog id={null} bytes={bytes} onClose={() => setAsking(false)} />;
  const { error } = undo;
  return (
    <AlertDialog
      isOpen={error !== null && !isErrorSeen}
      onClose={() => setErrorSeen(true)}
      title="The removal could not be undone"
      description="Nothing was changed."
      actions={<Button onClick={() => setErrorSeen(true)}>Close</Button>}
    >
      {error !== null && <ErrorNotice error={error} />}
    </AlertDialog>
  );
}
