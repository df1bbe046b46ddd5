import { Info, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import { useHome, useUsage } from '../app/queries.ts';
import { useStore } from '../app/store.ts';
import { useNow } from '../app/use-now.ts';
import { countOf } from '../detail/count-words.ts';
import { ApplyProgress } from '../dialogs/apply-progress.tsx';
import { ReportSummary } from '../dialogs/report-summary.tsx';
import { SchemaQuestion, useSchemaConsent } from '../dialogs/schema-question.tsx';
import { type Apply, createApplySlot, useApply } from '../dialogs/use-apply.ts';
import { WorldChange } from '../dialogs/world-change.tsx';
import { Button, ErrorNotice, Notice, Spinner } from '../ui/index.ts';
import { UndoControl } from '../undo/undo-control.tsx';
import { whenFree } from '../undo/undo-words.ts';
import { useUndoChoice } from '../undo/use-undo-choice.ts';
import { ChoiceCards } from './choice-cards.tsx';
import { ExportMenu } from './export-menu.tsx';
import { togglePin } from './pins.ts';
import { PlanTable } from './plan-table.tsx';
import { PruneRuleBar } from './prune-rule-bar.tsx';
import { reclaimChoice } from './reclaim-settings.ts';
import styles from './reclaim-view.module.css';
import { type ReclaimPlan, useReclaimPlan } from './use-reclaim-plan.ts';

// Outside the view: going to look at another one must neither stop a collection nor lose its outcome.
const slot = createApplySlot();

/** Takes disk space back: three choices, the exact list of each, and one button. */
export function ReclaimView() {
  const choice = useStore(reclaimChoice);
  const apply = useApply(slot);
  const chosen = useReclaimPlan(choice);
  const pruned = useReclaimPlan('prune');
  const isIdle = apply.state.kind === 'idle' || apply.state.kind === 'failed';
  const view = useRef<HTMLDivElement>(null);
  const wasIdle = useRef(isIdle);
  // "Done" goes with the result it stands below: the focus moves on to the choice, once that can take it again.
  useEffect(() => {
    if (isIdle && !wasIdle.current) view.current?.querySelector<HTMLElement>('input:checked')?.focus();
    wasIdle.current = isIdle;
  }, [isIdle]);
  return (
    <div ref={view} className={styles.view}>
      <header>
        <h2 className={styles.title}>Reclaim disk space</h2>
        <p className={styles.subtitle}>
          Nothing is removed until you press the button. Images held by a sandbox or a snapshot are never
          touched here.
        </p>
      </header>
      <ChoiceCards
        choice={choice}
        isDisabled={apply.state.kind === 'running'}
        prunePlan={pruned.plan}
        onChoose={(next) => {
          apply.reset();
          reclaimChoice.set(next);
        }}
      />
      {choice === 'prune' && isIdle && <PruneRuleBar />}
      {isIdle ? <Preview apply={apply} chosen={chosen} /> : <Outcome apply={apply} onFinish={apply.reset} />}
    </div>
  );
}

interface PreviewProps {
  readonly apply: Apply;
  readonly chosen: ReclaimPlan;
}

function Preview({ apply, chosen }: PreviewProps) {
  const consent = useSchemaConsent();
  const undo = useUndoChoice();
  const nowMs = useNow();
  const home = useHome();
  const { plan, isOutdated, error, refetch } = chosen;
  const reasons = home.data?.readOnlyReasons ?? [];
  const failure = apply.state.kind === 'failed' ? apply.state.error : null;
  return (
    <section className={styles.card} aria-label="What will be removed">
      {failure !== null && (
        <div className={styles.notice}>
          {failure.code === 'world-changed' ? (
            <WorldChange appeared={failure.appeared} disappeared={failure.disappeared} />
          ) : (
            <ErrorNotice error={failure} onRetry={apply.reset} />
          )}
        </div>
      )}
      {consent.unknownMigrations.length > 0 && (
        <div className={styles.notice}>
          <SchemaQuestion consent={consent} />
        </div>
      )}
      {plan === undefined ? (
        <div className={styles.waiting}>
          {error === null ? (
            <Spinner label="Working out what would go" size={20} />
          ) : (
            <ErrorNotice error={error.error} onRetry={refetch} />
          )}
        </div>
      ) : (
        <PlanTable
          plan={plan}
          when={whenFree(plan, undo.undoMinutes, nowMs)}
          isOutdated={isOutdated}
          onPin={plan.action.kind === 'prune' ? togglePin : null}
        />
      )}
      <footer className={styles.footer}>
        <Beside reasons={reasons}>{plan !== undefined && <UndoControl choice={undo} plan={plan} />}</Beside>
        <ExportMenu plan={plan} />
        <Button
          variant="primary"
          disabled={
            plan === undefined ||
            plan.items.length === 0 ||
            isOutdated ||
            !consent.isGiven ||
            reasons.length > 0
          }
          onClick={() => {
            if (plan === undefined) return;
            consent.remember();
            apply.start(plan, undo.undoMinutes);
          }}
        >
          {reclaimLabel(plan)}
        </Button>
      </footer>
    </section>
  );
}

function reclaimLabel(plan: Plan | undefined): string {
  if (plan === undefined) return 'Reclaim';
  return plan.items.length === 0 ? 'Nothing to reclaim' : `Reclaim ${formatBytes(plan.bytes)}`;
}

/** What a person should know before pressing, beside the button. */
function Beside({
  reasons,
  children,
}: {
  readonly reasons: readonly string[];
  readonly children: ReactNode;
}) {
  const usage = useUsage();
  const home = useHome();
  if (reasons.length > 0) {
    return (
      <p className={styles.beside}>
        <TriangleAlert size={15} className={styles.warning} aria-hidden="true" />
        <span>Read only: {reasons.join(' ')}</span>
      </p>
    );
  }
  const inFlight = usage.data?.inFlight ?? 0;
  const sentences = [
    ...(inFlight > 0 || usage.data?.isBusy === true
      ? [
          `${inFlight > 0 ? countOf(inFlight, 'pull or load', 'pulls or loads') : 'A pull or load'} in progress: what it may use is left alone until it ends.`,
        ]
      : []),
    ...(home.data?.canProbeLocks === false
      ? ['Locks cannot be seen on this system: only what the database proves is collected.']
      : []),
    ...(usage.data?.freeSpaceBytes != null
      ? [`${formatBytes(usage.data.freeSpaceBytes)} free on this disk.`]
      : []),
  ];
  return (
    <div className={styles.beside}>
      {sentences.length > 0 && <Info size={15} aria-hidden="true" />}
      <div>
        <p>{sentences.join(' ')}</p>
        {children}
      </div>
    </div>
  );
}

interface OutcomeProps {
  readonly apply: Apply;
  readonly onFinish: () => void;
}

/** What is under way, or what came of it. */
function Outcome({ apply, onFinish }: OutcomeProps) {
  const { state } = apply;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const isRunning = state.kind === 'running';
  return (
    <section className={styles.card} aria-label="Result">
      <div className={styles.outcome}>
        {state.kind === 'running' && (
          <ApplyProgress progress={state.progress} isStopping={state.isStopping} />
        )}
        {state.kind === 'done' && <ReportSummary report={state.report} />}
        {state.kind === 'stopped' && (
          <Notice title="Stopped">
            <p>What had gone by then is gone; everything else is untouched and the cache is consistent.</p>
          </Notice>
        )}
      </div>
      <footer className={styles.footer}>
        <span className={styles.beside} />
        <Button
          ref={button}
          variant={isRunning ? 'default' : 'primary'}
          disabled={isRunning && state.isStopping}
          onClick={isRunning ? apply.stop : onFinish}
        >
          {isRunning ? 'Stop' : 'Done'}
        </Button>
      </footer>
    </section>
  );
}
