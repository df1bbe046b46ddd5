import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { ImageInspection } from '../../src-shared/domain/image.ts';
import { Button, EmptyState, Swatch } from '../ui/index.ts';
import { type BuildStep, listBuildSteps, shortenCommand } from './build-steps.ts';
import { countOf } from './count-words.ts';
import styles from './layers-tab.module.css';
import { SafeText } from './safe-text.tsx';
import { scaleThickness } from './strata-scale.ts';
import { Stratum } from './stratum.tsx';

/** Steps drawn before the rest has to be asked for: an image of hundreds of layers still opens at once. */
const FIRST_STEPS = 150;

export interface LayersTabProps {
  readonly inspection: ImageInspection;
  readonly onOpenReference: (reference: string) => void;
  /** Shows the files of the layer at this position. */
  readonly onShowFiles: (position: number) => void;
}

/** The layers of an image as a section through the ground: the last on top, as thick as they are large. */
export function LayersTab({ inspection, onOpenReference, onShowFiles }: LayersTabProps) {
  const { layers, history } = inspection;
  const [showsAll, setShowsAll] = useState(false);
  const [limit, setLimit] = useState(FIRST_STEPS);
  const steps = useMemo(() => listBuildSteps(layers, history), [layers, history]);
  const thickness = useMemo(() => {
    const scaled = scaleThickness(layers.map((layer) => layer.allocatedSizeBytes));
    return new Map(layers.map((layer, index) => [layer, scaled[index]!]));
  }, [layers]);
  const emptySteps = steps.length - layers.length;
  const shown = showsAll ? steps : steps.filter((step) => step.kind === 'layer');

  if (layers.length === 0) {
    return <EmptyState title="No layers">The database lists no layers for this image.</EmptyState>;
  }
  return (
    <div className={styles.tab}>
      <div className={styles.legend}>
        <span>
          <Swatch color="own" /> Only this image
        </span>
        <span>
          <Swatch color="shared" /> Shared
        </span>
        <span className={styles.scale}>thickness = size on disk</span>
      </div>
      <Strata
        steps={shown.slice(0, limit)}
        thicknessOf={(step) => (step.kind === 'layer' ? thickness.get(step.layer)! : 0)}
        onOpenReference={onOpenReference}
        onShowFiles={onShowFiles}
      />
      <div className={styles.more}>
        {shown.length > limit && (
          <Button size="small" onClick={() => setLimit(limit * 4)}>
            Show {countOf(shown.length - limit, 'more step')}
          </Button>
        )}
        {emptySteps > 0 && (
          <Button size="small" variant="ghost" aria-pressed={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? 'Hide' : 'Show'} {countOf(emptySteps, 'build step')} without a layer
          </Button>
        )}
      </div>
    </div>
  );
}

interface StrataProps {
  readonly steps: readonly BuildStep[];
  readonly thicknessOf: (step: BuildStep) => number;
  readonly onOpenReference: (reference: string) => void;
  readonly onShowFiles: (position: number) => void;
}

/** One tab stop: arrows, Home and End move between layers, Enter or Space opens one. */
function Strata({ steps, thicknessOf, onOpenReference, onShowFiles }: StrataProps) {
  const list = useRef<HTMLOListElement>(null);
  const [active, setActive] = useState(0);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const layerSteps = steps.filter((step) => step.kind === 'layer');

  const move = (event: KeyboardEvent) => {
    const heads = [...(list.current?.querySelectorAll<HTMLElement>('[data-stratum]') ?? [])];
    const from = heads.indexOf(event.target as HTMLElement);
    if (from < 0) return;
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: heads.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    heads[Math.min(Math.max(to, 0), heads.length - 1)]?.focus();
  };
  const toggle = (position: number) => {
    const next = new Set(opened);
    if (!next.delete(position)) next.add(position);
    setOpened(next);
  };
  return (
    <ol ref={list} className={styles.strata} aria-label="Layers, last one first" onKeyDown={move}>
      {steps.map((step, index) =>
        step.kind === 'metadata' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps without a layer have no identity but their place.
          <li key={`step ${index}`} className={styles.metadata}>
            <SafeText
              text={shortenCommand(step.history.createdBy ?? step.history.comment ?? 'unknown step')}
            />
          </li>
        ) : (
          <Stratum
            key={step.layer.position}
            layer={step.layer}
            history={step.history}
            thickness={thicknessOf(step)}
            isOpen={opened.has(step.layer.position)}
            isTabStop={layerSteps.indexOf(step) === Math.min(active, layerSteps.length - 1)}
            onFocus={() => setActive(layerSteps.indexOf(step))}
            onToggle={() => toggle(step.layer.position)}
            onOpenReference={onOpenReference}
            onShowFiles={() => onShowFiles(step.layer.position)}
          />
        ),
      )}
    </ol>
  );
}
