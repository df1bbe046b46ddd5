import { History } from 'lucide-react';
import { useState } from 'react';
import { useCall } from '../app/queries.ts';
import { Button, EmptyState, ErrorNotice, Spinner } from '../ui/index.ts';
import { ActivityItem } from './activity-item.tsx';
import styles from './activity-view.module.css';
import { GrowthChart } from './growth-chart.tsx';

const NOTHING = {};
const ENTRIES_AT_ONCE = 100;
/** What one call answers at most. */
const MOST_ENTRIES = 10_000;

/** What was removed, undone and emptied, and how the cache grew: kept across restarts. */
export function ActivityView() {
  const [limit, setLimit] = useState(ENTRIES_AT_ONCE);
  const entries = useCall('activity.list', { limit });
  const samples = useCall('activity.usage', NOTHING);
  const undoable = useCall('undo.list', NOTHING);
  const [last, setLast] = useState(entries.data);
  if (entries.data !== undefined && entries.data !== last) setLast(entries.data);
  const shown = entries.data ?? last;
  const failed = [entries, samples, undoable].find((query) => query.error !== null);
  return (
    <div className={styles.view}>
      <header>
        <h2 className={styles.title}>Activity</h2>
        <p className={styles.subtitle}>
          What Strata removed and how the cache grew. Kept in Strata’s own folder, not in the cache.
        </p>
      </header>
      {failed?.error && <ErrorNotice error={failed.error.error} onRetry={() => void failed.refetch()} />}
      {samples.data !== undefined && <GrowthChart samples={samples.data} />}
      {shown === undefined && entries.error === null && (
        <div className={styles.waiting}>
          <Spinner label="Reading the activity" size={20} />
        </div>
      )}
      {shown !== undefined && shown.length === 0 && (
        <div className={styles.waiting}>
          <EmptyState icon={<History size={22} />} title="Nothing was removed yet">
            Removals, collections and what they freed are listed here, with what was left alone and why.
          </EmptyState>
        </div>
      )}
      {shown !== undefined && shown.length > 0 && (
        <section aria-label="What was done">
          <h3 className={styles.heading}>What was done</h3>
          <ol className={styles.list}>
            {shown.map((entry) => (
              <ActivityItem
                key={entry.id}
                entry={entry}
                undoable={undoable.data?.find((one) => one.id === entry.undoId) ?? null}
              />
            ))}
          </ol>
          {shown.length >= limit && limit < MOST_ENTRIES && (
            <Button
              className={styles.more}
              disabled={entries.isFetching}
              onClick={() => setLimit(Math.min(MOST_ENTRIES, limit * 4))}
            >
              Show older
            </Button>
          )}
        </section>
      )}
    </div>
  );
}
