import { Box, Camera, Table2, TriangleAlert } from 'lucide-react';
import { describeHolder, type Holder } from '../../src-shared/domain/holder.ts';
import type { ImageDamage } from '../../src-shared/domain/image.ts';
import { explainDamage } from '../detail/damage-words.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Badge } from '../ui/index.ts';
import styles from './used-by-cell.module.css';

export interface UsedByCellProps {
  readonly holders: readonly Holder[];
  readonly damage: readonly ImageDamage[];
}

/** Damage before holders, since a damaged image is what a person has to know first. */
export function UsedByCell({ holders, damage }: UsedByCellProps) {
  const sandboxes = holders.filter((holder) => holder.kind === 'sandbox');
  const snapshots = holders.filter((holder) => holder.kind === 'snapshot');
  const isRunning = sandboxes.some((sandbox) => sandbox.isRunning);
  const others = holders.length - sandboxes.length - snapshots.length;
  if (holders.length === 0 && damage.length === 0) return <span className={styles.unused}>Unused</span>;
  return (
    <span className={styles.badges}>
      {damage.length > 0 && (
        <Badge kind="danger" icon={<TriangleAlert size={13} aria-hidden="true" />}>
          {damageWord(damage)}
        </Badge>
      )}
      {sandboxes.length > 0 && (
        <Badge kind={isRunning ? 'running' : 'neutral'} icon={<Box size={13} aria-hidden="true" />}>
          {damage.length > 0 ? sandboxes.length : plural(sandboxes.length, 'sandbox', 'sandboxes')}
        </Badge>
      )}
      {snapshots.length > 0 && (
        <Badge kind="snapshot" icon={<Camera size={13} aria-hidden="true" />}>
          {damage.length + sandboxes.length > 0
            ? snapshots.length
            : plural(snapshots.length, 'snapshot', 'snapshots')}
        </Badge>
      )}
      {others > 0 && (
        <Badge kind="warning" icon={<Table2 size={13} aria-hidden="true" />}>
          {holders.length > others || damage.length > 0 ? others : 'Unknown'}
        </Badge>
      )}
    </span>
  );
}

/** Everything the badges stand for, a line each; null when there is nothing to say. */
export function usedByDetails({ holders, damage }: UsedByCellProps): string | null {
  const lines = [
    ...explainDamage(damage).map(({ title, consequence }) => `${title} ${consequence}`),
    ...holders.map((holder) => `Held by ${toVisible(describeHolder(holder))}`),
  ];
  return lines.length === 0 ? null : lines.join('\n');
}

const DAMAGE_WORDS: Readonly<Record<ImageDamage['kind'], string>> = {
  'layer-missing': 'Layer missing',
  'layer-damaged': 'Layer damaged',
  'fsmeta-missing': 'Index missing',
  'vmdk-missing': 'Disk missing',
  'metadata-missing': 'No metadata',
  'row-damaged': 'Row damaged',
  'vmdk-elsewhere': 'Moved',
};

function damageWord(damage: readonly ImageDamage[]): string {
  const [worst] = explainDamage(damage);
  return DAMAGE_WORDS[worst!.kind];
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
