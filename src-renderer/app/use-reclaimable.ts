import { assertNever } from '../../src-shared/ipc/result.ts';
import { reclaimChoice } from '../reclaim/reclaim-settings.ts';
import { useReclaimPlan } from '../reclaim/use-reclaim-plan.ts';
import { useUsage } from './queries.ts';
import { useStore } from './store.ts';

/** The bytes that the reclaim view's present choice would give back: what its own button says. Null when unknown. */
export function useReclaimable(): number | null {
  const choice = useStore(reclaimChoice);
  const usage = useUsage().data;
  // The other two are in the usage, which is read anyway.
  const { plan } = useReclaimPlan(choice === 'prune' ? choice : null);
  if (usage === undefined) return null;
  switch (choice) {
    case 'gcLayers':
      return usage.gcLayers.bytes;
    case 'gc':
      return usage.gc.bytes;
    case 'prune':
      return plan?.bytes ?? null;
    default:
      return assertNever(choice);
  }
}
