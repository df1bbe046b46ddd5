import type { ImageLayer } from '../../src-shared/domain/layer.ts';
import { FilterChip, HiddenLegend } from '../ui/index.ts';
import { FileBrowser } from './file-browser.tsx';
import styles from './files-tab.module.css';
import { keyOfTree } from './tree-source.ts';

/** Layers that get a button each; more become a list. */
const MOST_BUTTONS = 7;

export interface FilesTabProps {
  readonly reference: string;
  /** By position, base first. */
  readonly layers: readonly ImageLayer[];
  /** The layer whose files are shown; null for all of them merged. */
  readonly position: number | null;
  readonly onPositionChange: (position: number | null) => void;
}

/** The files of an image: all layers merged, or one of them. */
export function FilesTab({ reference, layers, position, onPositionChange }: FilesTabProps) {
  const layer = layers.find((one) => one.position === position) ?? null;
  const tree = layer === null ? { reference } : { diffId: layer.diffId };
  const newestFirst = layers.toReversed();
  return (
    <div className={styles.tab}>
      <fieldset className={styles.layers}>
        <HiddenLegend>Layer</HiddenLegend>
        <FilterChip label="Merged" isOn={layer === null} onToggle={() => onPositionChange(null)} />
        {layers.length <= MOST_BUTTONS ? (
          newestFirst.map((one) => (
            <FilterChip
              key={one.position}
              label={String(one.position)}
              isOn={one === layer}
              onToggle={() => onPositionChange(one.position)}
            />
          ))
        ) : (
          <select
            className={styles.select}
            aria-label="Show one layer"
            value={layer?.position ?? ''}
            onChange={(event) =>
              onPositionChange(event.target.value === '' ? null : Number(event.target.value))
            }
          >
            <option value="">One layer…</option>
            {newestFirst.map((one) => (
              <option key={one.position} value={one.position}>
                Layer {one.position}
              </option>
            ))}
          </select>
        )}
      </fieldset>
      <FileBrowser key={keyOfTree(tree)} tree={tree} layers={layers} />
    </div>
  );
}
