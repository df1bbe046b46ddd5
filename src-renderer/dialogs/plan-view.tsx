import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { describeHolder } from '../../src-shared/domain/holder.ts';
import type { ImageFacts } from '../../src-shared/domain/image.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { countOf, joinNames } from '../detail/count-words.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { LineList } from './line-list.tsx';
import styles from './plan-view.module.css';
import { takesNamesOnly } from './removal-words.ts';

/**
 * The plan in one or two sentences: what comes free, or why nothing does.
 *
 * @param when What follows upon the bytes: when they come free.
 */
export function summarizePlan(plan: Plan, facts: readonly ImageFacts[], when: string): ReactNode {
  if (plan.items.length === 0) return 'There is nothing to remove.';
  if (takesNamesOnly(plan)) {
    const names = facts.length > 1 ? 'Only the names go' : 'Only the name goes';
    const freed = plan.bytes === 0 ? 'nothing comes free' : `about ${formatBytes(plan.bytes)}${when}`;
    return `${names}, ${freed}. ${whyImageStays(plan, facts)}`;
  }
  return (
    <>
      Frees <strong className={styles.amount}>{formatBytes(plan.bytes)}</strong>: exactly{' '}
      {formatCount(plan.bytes)} bytes on disk{when}.
    </>
  );
}

function whyImageStays(plan: Plan, facts: readonly ImageFacts[]): string {
  const going = new Set(plan.items.filter((item) => item.kind === 'reference').map((item) => item.name));
  const tags = unique(facts.flatMap((image) => image.otherReferences)).filter((tag) => !going.has(tag));
  const holders = unique(facts.flatMap((image) => image.holders.map(describeHolder)));
  const keepers = [...(tags.length > 0 ? [countOf(tags.length, 'other tag')] : []), ...holders];
  if (keepers.length === 0) return 'The image behind stays.';
  const isOne = keepers.length === 1 && tags.length < 2;
  return `The image stays: ${joinNames(keepers)} ${isOne ? 'needs' : 'need'} it.`;
}

export interface PlanViewProps {
  readonly plan: Plan;
  /** Of the references to remove. */
  readonly facts: readonly ImageFacts[];
  readonly isForced: boolean;
}

/** Everything that goes and everything that stays, with who is affected between them. */
export function PlanView({ plan, facts, isForced }: PlanViewProps) {
  return (
    <>
      <section className={styles.part}>
        <h3 className={styles.title}>
          Goes <span className={styles.count}>{formatCount(plan.items.length)}</span>
        </h3>
        <LineList label="What goes" lines={plan.items} />
      </section>
      <Affected facts={facts} isForced={isForced} />
      {plan.kept.length > 0 && (
        <section className={styles.part}>
          <h3 className={styles.title}>
            Stays <span className={styles.count}>{formatCount(plan.kept.length)}</span>
          </h3>
          <LineList label="What stays" lines={plan.kept} isKept />
        </section>
      )}
    </>
  );
}

function Affected({ facts, isForced }: Omit<PlanViewProps, 'plan'>) {
  const holders = unique(facts.flatMap((image) => image.holders.map(describeHolder)));
  if (holders.length === 0) {
    if (facts.length === 0) return null;
    return (
      <p className={styles.affected}>
        <ShieldCheck size={15} className={styles.safe} aria-hidden="true" />
        <span>No sandbox and no snapshot is affected.</span>
      </p>
    );
  }
  if (!isForced) return null;
  return (
    <p className={styles.affected}>
      <ShieldCheck size={15} className={styles.safe} aria-hidden="true" />
      <span>
        <SafeText text={joinNames(holders)} className={styles.amount} />{' '}
        {holders.length === 1 ? 'keeps' : 'keep'} working: what{' '}
        {holders.length === 1 ? 'it needs' : 'they need'} stays on disk until{' '}
        {holders.length === 1 ? 'it is' : 'they are'} gone. Then Collect all garbage frees it.
      </span>
    </p>
  );
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
