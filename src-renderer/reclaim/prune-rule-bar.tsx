import { SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useStore } from '../app/store.ts';
import { Button, HiddenLegend, IconButton, Option } from '../ui/index.ts';
import { NumberPill } from './number-pill.tsx';
import { PinEditor } from './pin-editor.tsx';
import { FIELD_BOUNDS, type NumberField, type PruneRule } from './prune-rule.ts';
import styles from './prune-rule-bar.module.css';
import { pruneRule } from './reclaim-settings.ts';

/** The prune rule as a sentence whose numbers can be typed over; all conditions behind the button at its end. */
export function PruneRuleBar() {
  const rule = useStore(pruneRule);
  const [isOpen, setOpen] = useState(false);
  const [isPinning, setPinning] = useState(false);
  const panel = useId();
  return (
    <section className={styles.bar} aria-label="Prune rule">
      <div className={styles.sentence}>
        <p className={styles.words}>
          <Sentence rule={rule} onPins={() => setPinning(true)} />
        </p>
        <IconButton
          label="All conditions"
          aria-expanded={isOpen}
          aria-controls={isOpen ? panel : undefined}
          icon={<SlidersHorizontal size={16} />}
          onClick={() => setOpen(!isOpen)}
        />
      </div>
      {isOpen && (
        <fieldset id={panel} className={styles.conditions}>
          <HiddenLegend>Conditions</HiddenLegend>
          {CONDITIONS.map((condition) => (
            <ConditionLine key={condition.field} condition={condition} rule={rule} />
          ))}
        </fieldset>
      )}
      {isPinning && <PinEditor onClose={() => setPinning(false)} />}
    </section>
  );
}

interface Condition {
  readonly field: NumberField;
  readonly before: string;
  readonly after: string;
}

const UNITS: Readonly<Record<NumberField, readonly [one: string, many: string]>> = {
  unusedForDays: ['day', 'days'],
  cacheUnderGB: ['GB', 'GB'],
  freeAtLeastGB: ['GB', 'GB'],
  keepNewest: ['tag', 'tags'],
  keepPulledWithinHours: ['hour', 'hours'],
};

function unitOf(field: NumberField, value: number): string {
  return UNITS[field][value === 1 ? 0 : 1];
}

const CONDITIONS: readonly Condition[] = [
  { field: 'unusedForDays', before: 'Only images not used for', after: '' },
  { field: 'cacheUnderGB', before: 'Only until the cache is under', after: '' },
  { field: 'freeAtLeastGB', before: 'Only until', after: 'come free' },
  { field: 'keepNewest', before: 'Keep the newest', after: 'of each repository' },
  { field: 'keepPulledWithinHours', before: 'Keep what was pulled in the last', after: '' },
];

function ConditionLine({ condition, rule }: { readonly condition: Condition; readonly rule: PruneRule }) {
  const { field, before, after } = condition;
  const value = rule[field];
  const unit = unitOf(field, value ?? FIELD_BOUNDS[field].start);
  const words = [before, unit, after].filter(Boolean).join(' ');
  return (
    <div className={styles.condition}>
      <Option
        type="checkbox"
        label={words}
        isChosen={value !== null}
        onChange={(isOn) => setField(field, isOn ? FIELD_BOUNDS[field].start : null)}
      >
        {before}
      </Option>
      <NumberPill
        field={field}
        label={words}
        value={value ?? FIELD_BOUNDS[field].start}
        isDisabled={value === null}
        unit={unit}
        onChange={(next) => setField(field, next)}
      />
      {after !== '' && <span>{after}</span>}
    </div>
  );
}

function Sentence({ rule, onPins }: { readonly rule: PruneRule; readonly onPins: () => void }) {
  const pill = (field: NumberField, label: string) => (
    <NumberPill
      field={field}
      label={label}
      value={rule[field] ?? FIELD_BOUNDS[field].start}
      unit={unitOf(field, rule[field] ?? FIELD_BOUNDS[field].start)}
      onChange={(next) => setField(field, next)}
    />
  );
  const until = [
    rule.cacheUnderGB !== null && <>the cache is under {pill('cacheUnderGB', 'Cache size to reach')}</>,
    rule.freeAtLeastGB !== null && <>{pill('freeAtLeastGB', 'Space to free')} come free</>,
  ].filter((part) => part !== false);
  const kept = [
    <Button key="pins" size="small" className={styles.pins} onClick={onPins}>
      {rule.pinned.length === 0 ? 'pinned images' : `${rule.pinned.length} pinned`}
    </Button>,
    rule.keepNewest !== null && (
      <>the newest {pill('keepNewest', 'Tags kept of each repository')} of each repository</>
    ),
    rule.keepPulledWithinHours !== null && (
      <>what was pulled in the last {pill('keepPulledWithinHours', 'Hours since the pull')}</>
    ),
  ].filter((part) => part !== false);
  return (
    <>
      Remove{' '}
      {rule.unusedForDays === null ? (
        'every image nothing holds'
      ) : (
        <>images not used for {pill('unusedForDays', 'Days without use')}</>
      )}
      {until.length > 0 && <> until {join(until)}</>}, but keep {join(kept)}.
    </>
  );
}

/** `a, b and c` of elements. */
function join(parts: readonly ReactNode[]): ReactNode {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a sentence has no identity but its order.
    <span key={index}>
      {index > 0 && (index === parts.length - 1 ? ' and ' : ', ')}
      {part}
    </span>
  ));
}

function setField(field: NumberField, value: number | null): void {
  pruneRule.set((rule) => ({ ...rule, [field]: value }));
}
