// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid has no table elements; rows are placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the active row.
import { CircleSlash, TriangleAlert } from 'lucide-react';
import { shortenDigest } from '../../src-shared/domain/digest.ts';
import { formatAge, formatBytes } from '../../src-shared/domain/format.ts';
import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import { displayReference } from '../../src-shared/domain/reference.ts';
import { countOf } from '../detail/count-words.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { formatExactTime } from '../detail/time.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Badge, type ByteColor, Bytes, classNames, StackedBar } from '../ui/index.ts';
import styles from './layer-grid.module.css';

/** Names a tooltip lists before it counts the rest. */
const MOST_NAMES = 20;

export interface LayerRowProps {
  readonly id: string;
  readonly layer: LayerSummary;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly nowMs: number;
  readonly largestBytes: number;
  readonly isActive: boolean;
  readonly isOpened: boolean;
  readonly onOpen: () => void;
}

export function LayerRow(props: LayerRowProps) {
  const { id, layer, index, top, nowMs, largestBytes, isActive, isOpened, onOpen } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys.
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpened}
      className={classNames(styles.row, styles.columns, isActive && styles.active, isOpened && styles.opened)}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onOpen}
    >
      <div role="gridcell" className={styles.layer}>
        <span className={styles.digest}>{shortenDigest(layer.diffId)}</span>
        {layer.state.kind !== 'materialized' && (
          <Badge kind="danger" className={styles.mark} icon={<TriangleAlert size={13} aria-hidden="true" />}>
            {STATE_WORDS[layer.state.kind]}
          </Badge>
        )}
      </div>
      <div role="gridcell" className={styles.onDisk}>
        <Bytes value={layer.allocatedSizeBytes} />
        <StackedBar
          parts={[{ color: colorOf(layer), bytes: layer.allocatedSizeBytes }]}
          of={largestBytes}
          height={4}
        />
      </div>
      <div role="gridcell" className={styles.quiet}>
        {formatBytes(layer.compressedSizeBytes)}
      </div>
      <div role="gridcell" className={styles.usedBy} title={listNames(layer.references)}>
        <UsedBy layer={layer} />
      </div>
      <div role="gridcell" className={styles.quiet} title={formatExactTime(layer.lastUsedAt)}>
        {formatAge(layer.lastUsedAt, nowMs)}
      </div>
    </div>
  );
}

function colorOf(layer: LayerSummary): ByteColor {
  if (layer.isOrphan) return 'garbage';
  return layer.manifestDigests.length > 1 ? 'shared' : 'own';
}

const STATE_WORDS = { missing: 'Missing', truncated: 'Cut short', unreadable: 'Not readable' } as const;

function UsedBy({ layer }: { readonly layer: LayerSummary }) {
  if (layer.isOrphan) {
    return (
      <Badge kind="danger" icon={<CircleSlash size={13} aria-hidden="true" />}>
        Orphaned
      </Badge>
    );
  }
  const [first, ...others] = layer.references;
  if (first === undefined) {
    const untagged = layer.manifestDigests.length;
    return untagged === 0 ? 'No image' : countOf(untagged, 'untagged image');
  }
  return others.length === 0 ? (
    <SafeText text={withoutRegistry(first)} />
  ) : (
    countOf(layer.references.length, 'image')
  );
}

function withoutRegistry(reference: string): string {
  const { repository, tag } = displayReference(reference);
  return tag === null ? repository : `${repository}:${tag}`;
}

function listNames(references: readonly string[]): string | undefined {
  if (references.length === 0) return undefined;
  const names = references.slice(0, MOST_NAMES).map(toVisible);
  if (references.length > MOST_NAMES) names.push(`and ${references.length - MOST_NAMES} more`);
  return names.join('\n');
}
