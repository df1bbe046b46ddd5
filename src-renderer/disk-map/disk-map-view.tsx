import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { openImage, openLayer } from '../app/navigation.ts';
import { useCall, useFacts, useLayers, usePlan, useUsage } from '../app/queries.ts';
import { createStore, useStore } from '../app/store.ts';
import { countOf } from '../detail/count-words.ts';
import { announce, EmptyState, ErrorNotice, FilterChip, HiddenLegend, Spinner } from '../ui/index.ts';
import { BesideMap } from './beside-map.tsx';
import styles from './disk-map-view.module.css';
import { FileDialog } from './file-dialog.tsx';
import type { MapOrder } from './map-cells.ts';
import { MapLegend } from './map-legend.tsx';
import { MapTable } from './map-table.tsx';
import {
  followSteps,
  growMap,
  type MapFile,
  type MapGrouping,
  type MapNode,
  type MapStep,
  stepInto,
} from './map-tree.ts';
import { Treemap } from './treemap-view.tsx';

const GROUPINGS: readonly { readonly grouping: MapGrouping; readonly label: string }[] = [
  { grouping: 'image', label: 'Images' },
  { grouping: 'layer', label: 'Layers' },
  { grouping: 'kind', label: 'Kinds' },
];

// Outside the view: coming back to the map finds it as it was left, every cell in its place.
const chosen = createStore<{ readonly grouping: MapGrouping; readonly isTable: boolean }>({
  grouping: 'image',
  isTable: false,
});
const orders: Readonly<Record<MapGrouping, MapOrder>> = {
  image: new Map(),
  layer: new Map(),
  kind: new Map(),
};

const GARBAGE = { kind: 'gc' } as const;
const NOTHING = {};

/** The whole cache as one picture, every byte in one cell, and the same as a table. */
export function DiskMapView() {
  const { grouping, isTable } = useStore(chosen);
  const [steps, setSteps] = useState<readonly MapStep[]>([]);
  const [file, setFile] = useState<MapFile | null>(null);
  const usage = useUsage();
  const facts = useFacts();
  const layers = useLayers();
  const garbage = usePlan(GARBAGE);
  const detail = useCall('cache.usageDetail', NOTHING);
  const whole = useMemo(
    () =>
      usage.data === undefined ||
      facts.data === undefined ||
      layers.data === undefined ||
      garbage.data === undefined ||
      detail.data === undefined
        ? null
        : growMap(grouping, {
            usage: usage.data,
            facts: facts.data,
            layers: layers.data,
            garbage: garbage.data,
            files: detail.data.files,
          }),
    [grouping, usage.data, facts.data, layers.data, garbage.data, detail.data],
  );
  const trail = useMemo(() => (whole === null ? [] : followSteps(whole, steps)), [whole, steps]);
  const shown = trail.at(-1);
  const failed = [usage, facts, layers, garbage, detail].find((query) => query.error !== null);

  const zoomOut = (depth: number) => {
    setSteps(steps.slice(0, depth));
    announce(`${trail[depth]?.label ?? 'Whole cache'}.`);
  };
  const choose = (node: MapNode, inside: MapNode | null) => {
    if (node.parts.length > 0) {
      setSteps([
        ...steps.slice(0, trail.length - 1),
        ...(inside === null ? [] : [stepInto(inside)]),
        stepInto(node),
      ]);
      announce(`${node.label}, ${formatBytes(node.bytes)}.`);
      return;
    }
    switch (node.target?.kind) {
      case 'image':
        return openImage(node.target.reference);
      case 'layer':
        return openLayer(node.target.diffId);
      case 'file':
        return setFile(node.target.file);
    }
  };
  return (
    <div className={styles.view}>
      <header className={styles.head}>
        <div className={styles.heading}>
          <h2 className={styles.title}>Disk map</h2>
          <p className={styles.subtitle}>
            {wholeText(whole, usage.data?.totalBytes ?? null, usage.data?.files ?? 0)}
          </p>
        </div>
        <fieldset className={styles.choices}>
          <HiddenLegend>Cells are</HiddenLegend>
          {GROUPINGS.map((one) => (
            <FilterChip
              key={one.grouping}
              label={one.label}
              isOn={one.grouping === grouping}
              onToggle={() => {
                chosen.set({ isTable, grouping: one.grouping });
                setSteps([]);
              }}
            />
          ))}
        </fieldset>
        <fieldset className={styles.choices}>
          <HiddenLegend>Shown as</HiddenLegend>
          <FilterChip label="Map" isOn={!isTable} onToggle={() => chosen.set({ grouping, isTable: false })} />
          <FilterChip label="Table" isOn={isTable} onToggle={() => chosen.set({ grouping, isTable: true })} />
        </fieldset>
      </header>
      {failed?.error && <ErrorNotice error={failed.error.error} onRetry={() => void failed.refetch()} />}
      {shown === undefined && failed === undefined && (
        <div className={styles.waiting}>
          <Spinner label="Measuring the cache" size={20} />
        </div>
      )}
      {shown !== undefined && (
        <>
          <Trail trail={trail} onZoomOut={zoomOut} />
          {shown.parts.length === 0 ? (
            <EmptyState title="Nothing occupies space">This cache has no files yet.</EmptyState>
          ) : isTable ? (
            <MapTable key={shown.id} node={shown} onChoose={choose} />
          ) : (
            <Treemap
              node={shown}
              order={orders[grouping]}
              onChoose={choose}
              onLeave={() => trail.length > 1 && zoomOut(trail.length - 2)}
            />
          )}
          <MapLegend />
          {usage.data !== undefined && <BesideMap usage={usage.data} detail={detail.data} />}
        </>
      )}
      <FileDialog file={file} onClose={() => setFile(null)} />
    </div>
  );
}

function wholeText(whole: MapNode | null, totalBytes: number | null, files: number): string {
  if (whole === null || totalBytes === null) return 'Every byte of the cache in one picture.';
  const excess = whole.bytes - totalBytes;
  if (excess > 0) {
    return `The cache has ${formatCount(totalBytes)} bytes, the cells ${formatCount(excess)} more: files with two names are drawn twice, or the cache is changing.`;
  }
  return `All ${formatCount(totalBytes)} bytes of ${countOf(files, 'file')}, each in one cell: the map adds up to the whole cache.`;
}

interface TrailProps {
  readonly trail: readonly MapNode[];
  readonly onZoomOut: (depth: number) => void;
}

/** Where the map is zoomed to, and the way back. */
function Trail({ trail, onZoomOut }: TrailProps) {
  const last = trail.length - 1;
  return (
    <nav aria-label="Zoom">
      <ol className={styles.trail}>
        {trail.map((node, depth) => (
          <li key={node.id} className={styles.step}>
            {depth > 0 && <ChevronRight size={13} aria-hidden="true" />}
            {depth === last ? (
              <span aria-current="true" className={styles.here}>
                {node.label}
              </span>
            ) : (
              <button type="button" className={styles.back} onClick={() => onZoomOut(depth)}>
                {node.label}
              </button>
            )}
          </li>
        ))}
        <li className={styles.amount}>{formatBytes(trail[last]!.bytes)}</li>
      </ol>
    </nav>
  );
}
