import { useState } from 'react';
import { useCommand } from '../app/commands.ts';
import { useCall, useUsage } from '../app/queries.ts';
import { AlertDialog, Button, ErrorNotice } from '../ui/index.ts';
import { EmptyDialog } from './empty-dialog.tsx';
import { useUndo } from './use-undo.ts';

const NOTHING = {};

/** Undoing the last removal, and giving up that possibility, from anywhere. Draws only what they ask or fail with. */
export function UndoCommands() {
  const lines = useUsage().data?.lines ?? [];
  const bytes = lines.find(({ category }) => category === 'set-aside')?.allocatedBytes ?? 0;
  const entries = useCall('undo.list', bytes > 0 ? NOTHING : null).data ?? [];
  const undo = useUndo();
  const [isAsking, setAsking] = useState(false);
  const [isErrorSeen, setErrorSeen] = useState(false);

  const newest = bytes > 0 ? entries.find(({ problem }) => problem === null) : undefined;
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
