import { Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import type { Report } from '../../src-shared/domain/plan.ts';
import { useCall } from '../app/queries.ts';
import { formatExactTime } from '../detail/time.ts';
import { Button, ErrorNotice, Notice } from '../ui/index.ts';
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
  // A list from before the removal does not have it either.
  const isGone = data !== undefined && dataUpdatedAt > openedMs && !data.some((entry) => entry.id === id);
  useEffect(() => void refetch(), [refetch]);
  if (isGone) return <Notice title="Undone or emptied: nothing of this removal is set aside any more." />;
  return (
    <>
      <Notice
        title={`${formatBytes(bytes)} are set aside and not free yet`}
        actions={
          <Button
            size="small"
            icon={<Undo2 size={14} />}
            disabled={undo.isBusy}
            onClick={() => void undo.restore(id)}
          >
            Undo
          </Button>
        }
      >
        {until !== null && <p>Can be undone until {formatExactTime(until)}. Their space comes free then.</p>}
      </Notice>
      {undo.error !== null && <ErrorNotice error={undo.error} />}
    </>
  );
}
