import { useState } from 'react';
import { useCommand } from '../app/commands.ts';
import { openImage } from '../app/navigation.ts';
import { createStore, useStore } from '../app/store.ts';
import { countOf } from '../detail/count-words.ts';
import { SafeReference } from '../detail/safe-reference.tsx';
import { Button, Dialog, ErrorNotice, LinkButton, Notice } from '../ui/index.ts';
import styles from './health.module.css';
import { HealthFindings, Sentences } from './health-findings.tsx';
import { HealthProgress } from './health-progress.tsx';
import { listUnwell, summarizeHealth } from './health-words.ts';
import { createHealthSlot, type HealthState, useHealthCheck } from './use-health-check.ts';

// Outside the dialog: it may be put away while the check goes on.
const slot = createHealthSlot();
const isOpen = createStore(false);

/** Images listed before a person asks for more. */
const MOST_LISTED = 100;

function showHealth(): void {
  isOpen.set(true);
}

/** Checks every image against its files, quickly and in the background. */
export function HealthDialog() {
  const check = useHealthCheck(slot);
  const isShown = useStore(isOpen);
  const { state } = check;
  useCommand('check-images', () => {
    showHealth();
    if (state.kind !== 'running') check.start(null);
  });
  const close = () => isOpen.set(false);
  return (
    <Dialog
      isOpen={isShown}
      onClose={close}
      title="Check all images"
      description="Compares what the database says with the files on disk: are they there, as long as they should be, and do they fit together. Nothing is changed."
      width={620}
      actions={
        <>
          {state.kind === 'running' ? (
            <Button onClick={check.stop}>Stop</Button>
          ) : (
            <Button onClick={() => check.start(null)}>
              {state.kind === 'done' ? 'Check again' : 'Check now'}
            </Button>
          )}
          <Button onClick={close}>Close</Button>
        </>
      }
    >
      <Outcome state={state} onOpen={close} />
    </Dialog>
  );
}

function Outcome({ state, onOpen }: { readonly state: HealthState; readonly onOpen: () => void }) {
  const [most, setMost] = useState(MOST_LISTED);
  switch (state.kind) {
    case 'idle':
      return null;
    case 'running':
      return <HealthProgress progress={state.progress} />;
    case 'failed':
      return <ErrorNotice error={state.error} />;
    case 'done': {
      const { report } = state;
      const unwell = listUnwell(report.images);
      return (
        <div className={styles.report}>
          <Notice
            kind={
              unwell.some((image) => image.status === 'damaged')
                ? 'danger'
                : unwell.length > 0
                  ? 'warning'
                  : 'info'
            }
            title={summarizeHealth(report)}
          />
          <ul className={styles.images}>
            {unwell.slice(0, most).map((image) => (
              <li key={image.reference}>
                <LinkButton
                  onClick={() => {
                    onOpen();
                    openImage(image.reference);
                  }}
                >
                  <SafeReference reference={image.reference} />
                </LinkButton>
                <HealthFindings image={image} />
              </li>
            ))}
          </ul>
          {unwell.length > most && (
            <Button size="small" onClick={() => setMost(most + MOST_LISTED)}>
              Show more of {countOf(unwell.length - most, 'other')}
            </Button>
          )}
          <Sentences title="What this check cannot tell" sentences={report.unproven} />
        </div>
      );
    }
  }
}
