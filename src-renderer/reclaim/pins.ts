import { useStore } from '../app/store.ts';
import { announce } from '../ui/index.ts';
import { pruneRule } from './reclaim-settings.ts';

/** Whether no prune takes the image. */
export function useIsPinned(reference: string): boolean {
  return useStore(pruneRule, (rule) => rule.pinned.includes(reference));
}

/** Pins an image, or lets it go again, and says which. */
export function togglePin(reference: string): void {
  pruneRule.set((rule) => {
    const isPinned = rule.pinned.includes(reference);
    announce(isPinned ? `${reference} may be pruned.` : `${reference} is kept.`);
    const pinned = isPinned ? rule.pinned.filter((one) => one !== reference) : [...rule.pinned, reference];
    return { ...rule, pinned };
  });
}
