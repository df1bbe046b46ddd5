import { Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import type { Report } from '../../src-shared/domain/plan.ts';
import { useCall } from '../app/queries.ts';
import { useNow } from '../app/use-now.ts';
import { formatClock, formatExactTime } from '../detail/time.ts';
import { Button, ErrorNotice, Notice } from '../ui/index.ts';
import { EmptyDialog } from './empty-dialog.tsx';
import { useUndo } from './use-undo.ts';

const NOTHING = {};

/** Below the result of a removal that set files aside: the way back, while there is one. */
export function UndoOffer({ report }: { readonly report: Report }) {
  const { undoId, undoUntil, bytesSetAside = 0 } = report;
  if (undoId === undefined) return null;
  return <Offer id={undoId} until={undoUntil ?? null} bytes={bytesSetAside} />;
}

interface OfferProps {
  readonly id: string;
  readonly until: string | null;
  readonly bytes: number;
}

function Offer({ id, until, bytes }: OfferProps) {
  const undo = useUndo();
  const { data, dataUpdatedAt, refetch } = useCall('undo.list', NOTHING);
  const [openedMs] = useState(Date.now);
  const [isAsking, setAsking] = useState(false);
  const nowMs = useNow();
  // A list from before the removal does not have it either.
  const isGone = data !== undefined && dataUpdatedAt > openedMs && !data.some((entry) => entry.id === id);
  useEffect(() => void refetch(), [refetch]);
  if (isGone) return <Notice title="Undone or emptied: nothing of this removal is set aside any more." />;
  return (
    <>
      <Notice
        title={`${formatBytes(bytes)} are set aside, not yet freed`}
        actions={
          <>
            <Button
              size="small"
              icon={<Undo2 size={14} />}
              disabled={undo.isBusy}
              onClick={() => void undo.restore(id)}
            >
              Undo
            </Button>
            <Button size="small" disabled={undo.isBusy} onClick={() => setAsking(true)}>
              Free now…
            </Button>
          </>
        }
      >
        {until !== null && (
          <p title={formatExactTime(until)}>
            Can be undone until {formatClock(Date.parse(until), nowMs)}; the space comes free then, or once
            Strata runs again.
          </p>
        )}
      </Notice>
      {isAsking && <EmptyDialog id={id} bytes={bytes} onClose={() => setAsking(false)} />}
      {undo.error !== null && <ErrorNotice error={undo.error} />}
    </>
  );
}
