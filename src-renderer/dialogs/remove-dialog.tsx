import { useEffect, useRef } from 'react';
import type { ImageFacts } from '../../src-shared/domain/image.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { useFacts } from '../app/queries.ts';
import { useNow } from '../app/use-now.ts';
import { countOf } from '../detail/count-words.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { AlertDialog, Button, ErrorNotice, Notice, Spinner } from '../ui/index.ts';
import { UndoControl } from '../undo/undo-control.tsx';
import { whenFree } from '../undo/undo-words.ts';
import { type UndoChoice, useUndoChoice } from '../undo/use-undo-choice.ts';
import { ApplyProgress } from './apply-progress.tsx';
import { InUse } from './in-use.tsx';
import { PlanView, summarizePlan } from './plan-view.tsx';
import { canForce } from './removal-words.ts';
import styles from './remove-dialog.module.css';
import { ReportSummary } from './report-summary.tsx';
import { type SchemaConsent, SchemaQuestion, useSchemaConsent } from './schema-question.tsx';
import { type Removal, useRemoval } from './use-removal.ts';
import { WorldChange } from './world-change.tsx';

export interface RemoveDialogProps {
  /** What to remove; at least one. Taken when the dialog opens. */
  readonly references: readonly string[];
  /** Opens on the forced removal. */
  readonly initialForce: boolean;
  readonly onClose: () => void;
}

/**
 * Shows exactly what a removal would take, asks, does it and says what came of it. The button that has the focus
 * is always the one that changes nothing.
 */
export function RemoveDialog({ references, initialForce, onClose }: RemoveDialogProps) {
  const removal = useRemoval({ references, isForced: initialForce });
  const consent = useSchemaConsent();
  const undo = useUndoChoice();
  const { data: facts } = useFacts();
  const safeButton = useRef<HTMLButtonElement>(null);
  const stage = stageOf(removal);
  const isRunning = stage === 'running';

  // Buttons of an earlier stage take the focus with them when they go.
  useEffect(() => {
    if (stage !== 'asking') safeButton.current?.focus();
  }, [stage]);

  const chosen = factsOf(facts, removal.request.references);
  return (
    <AlertDialog
      isOpen
      onClose={() => !isRunning && onClose()}
      title={<Title removal={removal} stage={stage} facts={chosen} />}
      description={<Description removal={removal} facts={chosen} undo={undo} />}
      width={620}
      initialFocus={safeButton}
      actions={
        <>
          <Button
            ref={safeButton}
            disabled={removal.apply.state.kind === 'running' && removal.apply.state.isStopping}
            onClick={isRunning ? removal.apply.stop : onClose}
          >
            {safeLabel(stage)}
          </Button>
          <Choices removal={removal} facts={chosen} consent={consent} undo={undo} />
        </>
      }
    >
      <Body removal={removal} facts={chosen} consent={consent} undo={undo} />
    </AlertDialog>
  );
}

type Stage = 'asking' | 'planned' | 'in-use' | 'failed' | 'running' | 'done';

function stageOf({ plan, apply }: Removal): Stage {
  if (apply.state.kind === 'running') return 'running';
  if (apply.state.kind === 'done' || apply.state.kind === 'stopped') return 'done';
  if (plan.kind === 'failed') return plan.error.code === 'in-use' ? 'in-use' : 'failed';
  return plan.kind;
}

function safeLabel(stage: Stage): string {
  if (stage === 'running') return 'Stop';
  return stage === 'asking' || stage === 'planned' ? 'Cancel' : 'Close';
}

interface PartProps {
  readonly removal: Removal;
  /** Of the references asked for. */
  readonly facts: readonly ImageFacts[];
  readonly consent: SchemaConsent;
  readonly undo: UndoChoice;
}

interface TitleProps extends Omit<PartProps, 'consent' | 'undo'> {
  readonly stage: Stage;
}

function Title({ removal, stage, facts }: TitleProps) {
  const { references, isForced } = removal.request;
  const [only, ...others] = references;
  const what =
    only !== undefined && others.length === 0 ? (
      <SafeText text={only.trim() === '' ? 'the image without a name' : only} />
    ) : (
      countOf(references.length, 'image')
    );
  switch (stage) {
    case 'running':
      return <>Removing {what}</>;
    case 'done':
      return isStopped(removal) ? 'Stopped' : 'Done';
    case 'in-use':
      if (others.length === 0) return <>{what} is in use</>;
      return `${listHeld(removal, facts).length} of ${countOf(references.length, 'image')} are in use`;
    case 'failed':
      return <>{what} was not removed</>;
    default:
      return (
        <>
          {isForced ? 'Force remove' : 'Remove'} {what}?
        </>
      );
  }
}

function Description({ removal, facts, undo }: Omit<PartProps, 'consent'>) {
  const nowMs = useNow();
  if (removal.apply.state.kind !== 'idle' || removal.plan.kind !== 'planned') return null;
  const { plan } = removal.plan;
  return summarizePlan(plan, facts, whenFree(plan, undo.undoMinutes, nowMs));
}

function Body({ removal, facts, consent, undo }: PartProps) {
  const { plan, apply, request } = removal;
  switch (apply.state.kind) {
    case 'running':
      return <ApplyProgress progress={apply.state.progress} isStopping={apply.state.isStopping} />;
    case 'done':
      return <ReportSummary report={apply.state.report} />;
    case 'stopped':
      return (
        <Notice title="Stopped">
          <p>What had gone by then is gone; everything else is untouched and the cache is consistent.</p>
        </Notice>
      );
  }
  switch (plan.kind) {
    case 'asking':
      return (
        <div className={styles.waiting}>
          <Spinner label="Working out what would go" size={20} />
        </div>
      );
    case 'failed':
      return plan.error.code === 'in-use' ? (
        <InUse facts={facts} error={plan.error} />
      ) : (
        <ErrorNotice error={plan.error} onRetry={() => removal.ask({ ...request })} />
      );
    case 'planned':
      return (
        <div className={styles.planned}>
          {plan.change !== null && (
            <WorldChange appeared={plan.change.appeared} disappeared={plan.change.disappeared} />
          )}
          <SchemaQuestion consent={consent} />
          <PlanView plan={plan.plan} facts={facts} isForced={request.isForced} />
          <UndoControl choice={undo} plan={plan.plan} />
        </div>
      );
  }
}

/** The buttons beside the safe one. */
function Choices({ removal, facts, consent, undo }: PartProps) {
  const { plan, apply, request, ask } = removal;
  if (apply.state.kind !== 'idle') return null;
  if (plan.kind === 'planned') {
    const start = () => {
      consent.remember();
      apply.start(plan.plan, undo.undoMinutes);
    };
    return (
      <Button variant="danger" disabled={!consent.isGiven || plan.plan.items.length === 0} onClick={start}>
        {removeLabel(plan.plan, request.references.length)}
      </Button>
    );
  }
  if (plan.kind === 'failed' && plan.error.code === 'in-use') {
    const held = new Set(listHeld(removal, facts));
    const free = request.references.filter((reference) => !held.has(reference));
    const isForcible =
      !request.isForced && canForce([...plan.error.holders, ...facts.flatMap((image) => image.holders)]);
    return (
      <>
        {free.length > 0 && (
          <Button onClick={() => ask({ references: free, isForced: request.isForced })}>
            Remove only the other {free.length}…
          </Button>
        )}
        {isForcible && (
          <Button variant="danger" onClick={() => ask({ ...request, isForced: true })}>
            Force remove…
          </Button>
        )}
      </>
    );
  }
  return null;
}

function removeLabel(plan: Plan, count: number): string {
  const verb = plan.action.kind === 'remove' && plan.action.force ? 'Force remove' : 'Remove';
  return count === 1 ? verb : `${verb} ${countOf(count, 'image')}`;
}

function factsOf(
  facts: readonly ImageFacts[] | undefined,
  references: readonly string[],
): readonly ImageFacts[] {
  const wanted = new Set(references);
  return (facts ?? []).filter((image) => wanted.has(image.reference));
}

/** Of the references asked for, those something holds: the error names only the first. */
function listHeld({ request, plan }: Removal, facts: readonly ImageFacts[]): readonly string[] {
  const held = new Set(facts.filter((image) => image.holders.length > 0).map((image) => image.reference));
  if (plan.kind === 'failed' && plan.error.code === 'in-use') held.add(plan.error.reference);
  return request.references.filter((reference) => held.has(reference));
}

function isStopped({ apply }: Removal): boolean {
  return apply.state.kind === 'stopped' || (apply.state.kind === 'done' && apply.state.report.isCancelled);
}
