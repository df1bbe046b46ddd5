import { formatCount } from '../../src-shared/domain/format.ts';
import type { HealthProgress as Step } from '../../src-shared/domain/health.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Progress } from '../ui/index.ts';
import styles from './health.module.css';

/** How far a check is, and what it looks at. */
export function HealthProgress({ progress }: { readonly progress: Step | null }) {
  if (progress === null) return <Progress label="Checking" done={0} total={0} valueText="" />;
  const { doneSteps, totalSteps, what } = progress;
  return (
    <div>
      <Progress
        label="Checking"
        done={doneSteps}
        total={totalSteps}
        valueText={`${formatCount(doneSteps)} of ${formatCount(totalSteps)}`}
      />
      <p className={styles.what}>
        <bdi>{toVisible(what)}</bdi>
      </p>
    </div>
  );
}
