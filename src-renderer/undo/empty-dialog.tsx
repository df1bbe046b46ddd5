import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { AlertDialog, Button, ErrorNotice } from '../ui/index.ts';
import { useUndo } from './use-undo.ts';

export interface EmptyDialogProps {
  /** The removal whose space is to come free; null for all of them. */
  readonly id: string | null;
  /** Allocated bytes that come free. */
  readonly bytes: number;
  readonly onClose: () => void;
}

/** Asks before a removal becomes final. */
export function EmptyDialog({ id, bytes, onClose }: EmptyDialogProps) {
  const undo = useUndo();
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      title={`Free ${formatBytes(bytes)} for good?`}
      description={`${formatCount(bytes)} bytes that removals set aside are deleted. ${id === null ? 'No removal' : 'This removal'} can be undone afterwards.`}
      actions={
        <>
          <Button onClick={onClose}>Keep them</Button>
          <Button
            variant="danger"
            disabled={undo.isBusy}
            onClick={() => void undo.empty(id).then((isDone) => isDone && onClose())}
          >
            {undo.isBusy ? 'Freeing…' : 'Free now'}
          </Button>
        </>
      }
    >
      {undo.error !== null && <ErrorNotice error={undo.error} />}
    </AlertDialog>
  );
}
