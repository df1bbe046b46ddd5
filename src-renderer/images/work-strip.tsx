import { ChevronRight } from 'lucide-react';
import type { PulledImage, WorkStep } from '../../src-shared/domain/work.ts';
import { useLive } from '../app/live.ts';
import { layersText, stepText, workText } from '../app/work-words.ts';
import { Bytes, CopyText, Progress } from '../ui/index.ts';
import styles from './work-strip.module.css';

/** What msb is writing into the cache right now, step by step; nothing while it is idle. */
export function WorkStrip() {
  const { connection, work } = useLive();
  if (connection !== 'live' || work === null || work.operations === 0) return null;
  return (
    <details className={styles.strip}>
      <summary className={styles.summary}>
        <ChevronRight size={14} className={styles.mark} aria-hidden="true" />
        <span className={styles.dot} aria-hidden="true" />
        <span className={styles.words}>{workText(work)}</span>
      </summary>
      <div className={styles.steps}>
        {work.images.map((image) => (
          <ImageProgress key={image.reference ?? ''} image={image} />
        ))}
        {work.steps.length > 0 && (
          <ul className={styles.list} aria-label="What msb is writing">
            {work.steps.map((step, index) => (
              <Step key={step.digest ?? index} step={step} />
            ))}
          </ul>
        )}
        {work.images.length === 0 && (
          <p className={styles.note}>How much is still to come, only msb knows.</p>
        )}
      </div>
    </details>
  );
}

function ImageProgress({ image }: { readonly image: PulledImage }) {
  return (
    <Progress
      label={image.reference ?? 'An image that is not listed'}
      done={image.doneLayers}
      total={image.totalLayers}
      valueText={layersText(image)}
    />
  );
}

function Step({ step }: { readonly step: WorkStep }) {
  return (
    <li className={styles.step}>
      <span>
        {stepText(step)} {step.digest !== null && <CopyText text={step.digest} what="digest" />}
      </span>
      <Bytes value={step.bytes} className={styles.bytes} />
    </li>
  );
}
