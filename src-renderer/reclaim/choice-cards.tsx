import { ImageMinus, Layers, Trash2 } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import type { Reclaimable } from '../../src-shared/domain/usage.ts';
import { useUsage } from '../app/queries.ts';
import { countOf } from '../detail/count-words.ts';
import { classNames, HiddenLegend } from '../ui/index.ts';
import styles from './choice-cards.module.css';
import { countReferences } from './plan-rows.ts';
import type { ReclaimChoice } from './reclaim-settings.ts';

export interface ChoiceCardsProps {
  readonly choice: ReclaimChoice;
  /** True while a collection is under way. */
  readonly isDisabled: boolean;
  /** What the prune rule as it stands would do; undefined until known. */
  readonly prunePlan: Plan | undefined;
  readonly onChoose: (choice: ReclaimChoice) => void;
}

/** The three ways to take space back, each with what it would bring before anything is pressed. */
export function ChoiceCards({ choice, isDisabled, prunePlan, onChoose }: ChoiceCardsProps) {
  const usage = useUsage();
  const name = useId();
  const card = (value: ReclaimChoice) => ({
    name,
    value,
    isChosen: choice === value,
    isDisabled,
    onChoose: () => onChoose(value),
  });
  return (
    <fieldset className={styles.cards}>
      <HiddenLegend>What to reclaim</HiddenLegend>
      <Card {...card('gcLayers')} icon={<Layers size={16} />} title="Collect orphaned layers">
        <span className={styles.about}>Layers no cached image uses any more.</span>
        <Amount of={usage.data?.gcLayers} noun="layer" />
      </Card>
      <Card {...card('gc')} icon={<Trash2 size={16} />} title="Collect all garbage">
        <span className={styles.about}>
          Orphaned layers, dangling manifests, leftover flat disks, partial downloads.
        </span>
        <Amount of={usage.data?.gc} noun="item" />
      </Card>
      <Card {...card('prune')} icon={<ImageMinus size={16} />} title="Prune unused images">
        <span className={styles.about}>All garbage, and images nothing holds, by your rule.</span>
        <Amount
          of={
            prunePlan === undefined
              ? undefined
              : { count: countReferences(prunePlan), bytes: prunePlan.bytes }
          }
          noun="image"
        />
      </Card>
    </fieldset>
  );
}

interface CardProps {
  readonly name: string;
  readonly value: string;
  readonly isChosen: boolean;
  readonly isDisabled: boolean;
  readonly onChoose: () => void;
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}

function Card({ name, value, isChosen, isDisabled, onChoose, icon, title, children }: CardProps) {
  const words = useId();
  const heading = useId();
  return (
    <label className={classNames(styles.card, isChosen && styles.chosen)}>
      <input
        type="radio"
        className={styles.radio}
        name={name}
        value={value}
        checked={isChosen}
        disabled={isDisabled}
        onChange={onChoose}
        aria-labelledby={heading}
        aria-describedby={words}
      />
      <span className={styles.head}>
        {icon}
        <span id={heading} className={styles.title}>
          {title}
        </span>
      </span>
      <span id={words} className={styles.words}>
        {children}
      </span>
    </label>
  );
}

function Amount({ of, noun }: { readonly of: Reclaimable | undefined; readonly noun: string }) {
  if (of === undefined) return <strong className={styles.amount}>…</strong>;
  if (of.count === 0 && of.bytes === 0) return <strong className={styles.amount}>Nothing to collect</strong>;
  return (
    <strong className={styles.amount}>
      <span>{of.count === 0 ? 'Garbage only' : countOf(of.count, noun)} ·</span>{' '}
      <span>{formatBytes(of.bytes)}</span>
    </strong>
  );
}
