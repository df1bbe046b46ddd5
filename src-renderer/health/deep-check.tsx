import { CircleCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, ErrorNotice } from '../ui/index.ts';
import styles from './health.module.css';
import { HealthFindings, Sentences } from './health-findings.tsx';
import { HealthProgress } from './health-progress.tsx';
import { summarizeHealth } from './health-words.ts';
import { createHealthSlot, useHealthCheck } from './use-health-check.ts';

/** Reads all of one image and says what is wrong, what is proven and what cannot be. Give it the reference as key. */
export function DeepCheck({ reference }: { readonly reference: string }) {
  const [slot] = useState(createHealthSlot);
  const { state, start, stop } = useHealthCheck(slot);
  // The result would be seen by nobody: what reads gigabytes ends with the part that asked.
  useEffect(() => () => slot.controller?.abort(), [slot]);
  const image = state.kind === 'done' ? state.report.images[0] : undefined;
  return (
    <div className={styles.report}>
      {state.kind === 'running' ? (
        <>
          <HealthProgress progress={state.progress} />
          <Button size="small" className={styles.button} onClick={stop}>
            Stop
          </Button>
        </>
      ) : (
        <>
          {state.kind === 'idle' && (
            <p className={styles.about}>
              Reads every inode, checksum and digest that can be recomputed. Takes as long as reading the
              whole image.
            </p>
          )}
          {state.kind === 'failed' && <ErrorNotice error={state.error} />}
          {state.kind === 'done' && (
            <>
              <p className={styles.verdict}>
                {image?.status === 'healthy' && (
                  <CircleCheck size={15} className={styles.healthy} aria-hidden="true" />
                )}
                {summarizeHealth(state.report)}
              </p>
              {image !== undefined && (
                <>
                  <HealthFindings image={image} />
                  <Sentences title="What is proven" sentences={image.proven} />
                </>
              )}
              <Sentences
                title="What cannot be proven"
                sentences={[...new Set([...state.report.unproven, ...(image?.unproven ?? [])])]}
              />
            </>
          )}
          <Button size="small" className={styles.button} onClick={() => start(reference)}>
            {state.kind === 'done' ? 'Check again' : 'Check deeply'}
          </Button>
        </>
      )}
    </div>
  );
}
