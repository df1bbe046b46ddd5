import { useStore } from '../app/store.ts';
import { countOf } from '../detail/count-words.ts';
import { announce } from '../ui/index.ts';
import { pruneRule } from './reclaim-settings.ts';

/** Whether no prune takes the image. */
export function useIsPinned(reference: string): boolean {
  return useStore(pruneRule, (rule) => rule.pinned.includes(reference));
}

/** Pins images, or lets them go again, and says how many of them were not so before. */
export function pinAll(references: readonly string[], isPinned: boolean): void {
  pruneRule.set((rule) => {
    const changed = references.filter((one) => rule.pinned.includes(one) !== isPinned);
    announce(`${countOf(changed.length, 'image')} ${isPinned ? 'pinned' : 'unpinned'}.`);
    const others = rule.pinned.filter((one) => !changed.includes(one));
    return changed.length === 0 ? rule : { ...rule, pinned: isPinned ? [...others, ...changed] : others };
  });
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
