import { Box, Camera, Download, Table2, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeHolder, type Holder } from '../../src-shared/domain/holder.ts';
import type { ImageDamage } from '../../src-shared/domain/image.ts';
import { explainDamage } from '../detail/damage-words.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Badge, type BadgeKind } from '../ui/index.ts';
import type { ImageCondition } from './image-entries.ts';
import styles from './used-by-cell.module.css';

export interface UsedByCellProps {
  readonly holders: readonly Holder[];
  readonly damage: readonly ImageDamage[];
  readonly condition: ImageCondition | null;
}

/** One kind of thing to say, with a badge of its own. */
interface Sign {
  readonly kind: BadgeKind;
  readonly icon: ReactNode;
  /** In words, where it stands alone. */
  readonly words: string;
  /** Beside others; null leaves the icon alone. */
  readonly count: number | null;
}

/** Damage before holders, since a damaged image is what a person has to know first. */
export function UsedByCell(props: UsedByCellProps) {
  const signs = signsOf(props);
  if (signs.length === 0) return <span className={styles.unused}>Unused</span>;
  const [only] = signs;
  if (signs.length === 1 && only !== undefined) {
    return (
      <Badge kind={only.kind} icon={only.icon}>
        {only.words}
      </Badge>
    );
  }
  return (
    <span className={styles.badges}>
      {signs.map(({ kind, icon, words, count }) => (
        <Badge key={words} kind={kind} icon={icon} className={styles.compact}>
          {count}
        </Badge>
      ))}
    </span>
  );
}

/** Everything the badges stand for, a line each; null when there is nothing to say. */
export function usedByDetails({ holders, damage, condition }: UsedByCellProps): string | null {
  const faults = condition === 'being-pulled' ? [] : explainDamage(damage);
  const lines = [
    ...(condition === 'being-pulled' ? [NOT_WHOLE_YET] : []),
    ...faults.map(({ title, consequence }) => `${title} ${consequence}`),
    ...holders.map((holder) => `Held by ${toVisible(describeHolder(holder))}`),
  ];
  return lines.length === 0 ? null : lines.join('\n');
}

const NOT_WHOLE_YET = 'msb is pulling this image now. It can be used as soon as that has ended.';

function signsOf({ holders, damage, condition }: UsedByCellProps): readonly Sign[] {
  const sandboxes = holders.filter((holder) => holder.kind === 'sandbox');
  const snapshots = holders.filter((holder) => holder.kind === 'snapshot').length;
  const others = holders.length - sandboxes.length - snapshots;
  const signs: Sign[] = [];
  const [worst] = explainDamage(damage);
  if (condition === 'being-pulled') {
    signs.push({
      kind: 'neutral',
      icon: <Download size={13} aria-hidden="true" />,
      words: 'Being pulled',
      count: null,
    });
  } else if (worst !== undefined) {
    signs.push({
      kind: condition === 'warning' ? 'warning' : 'danger',
      icon: <TriangleAlert size={13} aria-hidden="true" />,
      words: DAMAGE_WORDS[worst.kind],
      count: null,
    });
  }
  if (sandboxes.length > 0) {
    signs.push({
      kind: sandboxes.some((sandbox) => sandbox.isRunning) ? 'running' : 'neutral',
      icon: <Box size={13} aria-hidden="true" />,
      words: `${sandboxes.length} ${sandboxes.length === 1 ? 'sandbox' : 'sandboxes'}`,
      count: sandboxes.length,
    });
  }
  if (snapshots > 0) {
    signs.push({
      kind: 'snapshot',
      icon: <Camera size={13} aria-hidden="true" />,
      words: `${snapshots} ${snapshots === 1 ? 'snapshot' : 'snapshots'}`,
      count: snapshots,
    });
  }
  if (others > 0) {
    signs.push({
      kind: 'warning',
      icon: <Table2 size={13} aria-hidden="true" />,
      words: 'Unknown',
      count: others,
    });
  }
  return signs;
}

const DAMAGE_WORDS: Readonly<Record<ImageDamage['kind'], string>> = {
  'layer-missing': 'Layer missing',
  'layer-damaged': 'Layer cut',
  'fsmeta-missing': 'Index missing',
  'fsmeta-damaged': 'Index cut',
  'vmdk-missing': 'Disk missing',
  'vmdk-damaged': 'Disk damaged',
  'metadata-missing': 'No metadata',
  'row-damaged': 'Row damaged',
  'vmdk-elsewhere': 'Moved',
  'flat-damaged': 'Flat disk cut',
};
