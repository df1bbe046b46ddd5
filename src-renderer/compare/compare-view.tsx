import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowLeftRight, GitCompareArrows } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { ComparedFile, ImageComparison } from '../../src-shared/domain/tree-entry.ts';
import { useCall, useImages } from '../app/queries.ts';
import { useStore } from '../app/store.ts';
import { FindBox } from '../detail/find-box.tsx';
import { SafeText } from '../detail/safe-text.tsx';
import { toPlainPath } from '../files/file-path.ts';
import {
  classNames,
  EmptyState,
  ErrorNotice,
  FilterChip,
  HiddenLegend,
  IconButton,
  Spinner,
} from '../ui/index.ts';
import styles from './compare-view.module.css';
import {
  CHANGE_LETTERS,
  type ChangeFilter,
  compared,
  filterFiles,
  growthOf,
  layerWords,
} from './comparison.ts';

const ROW_HEIGHT = 28;
const FILTERS: readonly { readonly filter: ChangeFilter; readonly label: string }[] = [
  { filter: 'all', label: 'All' },
  { filter: 'added', label: 'Added' },
  { filter: 'modified', label: 'Changed' },
  { filter: 'removed', label: 'Removed' },
];

/** Two images side by side: what of configuration, layers and files differs. */
export function CompareView() {
  const { left, right } = useStore(compared);
  const isReady = left !== '' && right !== '' && left !== right;
  const comparison = useCall('images.compare', isReady ? { left, right } : null);
  return (
    <div className={styles.view}>
      <header>
        <h2 className={styles.title}>Compare two images</h2>
        <p className={styles.subtitle}>
          What the second has that the first has not, and the other way round.
        </p>
      </header>
      <div className={styles.choice}>
        <ImagePicker
          label="First image"
          value={left}
          onChange={(value) => compared.set({ left: value, right })}
        />
        <IconButton
          label="Swap the images"
          icon={<ArrowLeftRight size={16} />}
          onClick={() => compared.set({ left: right, right: left })}
        />
        <ImagePicker
          label="Second image"
          value={right}
          onChange={(value) => compared.set({ left, right: value })}
        />
      </div>
      {comparison.error !== null && (
        <ErrorNotice error={comparison.error.error} onRetry={() => void comparison.refetch()} />
      )}
      {isReady && comparison.isPending && <Spinner label="Comparing" size={20} />}
      {isReady && comparison.data !== undefined && <Differences comparison={comparison.data} />}
      {!isReady && (
        <div className={styles.fill}>
          <EmptyState icon={<GitCompareArrows size={22} />} title="Choose two different images">
            Or select two in the list of images and press Compare.
          </EmptyState>
        </div>
      )}
    </div>
  );
}

interface ImagePickerProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (reference: string) => void;
}

function ImagePicker({ label, value, onChange }: ImagePickerProps) {
  const id = useId();
  const images = useImages().data ?? [];
  const isKnown = value === '' || images.some((image) => image.reference === value);
  return (
    <label className={styles.picker} htmlFor={id}>
      <span className={styles.pickerLabel}>{label}</span>
      <select
        id={id}
        className={styles.select}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">Choose an image…</option>
        {!isKnown && <option value={value}>{value}</option>}
        {images.map(({ reference }) => (
          <option key={reference} value={reference}>
            {reference}
          </option>
        ))}
      </select>
    </label>
  );
}

function Differences({ comparison }: { readonly comparison: ImageComparison }) {
  const { counts, config, omitted } = comparison;
  return (
    <>
      <dl className={styles.facts}>
        <Fact name="Layers" value={layerWords(comparison)} />
        <Fact
          name="Files"
          value={`${formatCount(counts.added)} added, ${formatCount(counts.modified)} changed, ${formatCount(counts.removed)} removed`}
        />
      </dl>
      {config.length > 0 && <ConfigTable config={config} />}
      <FileList files={comparison.files} omitted={omitted} />
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function ConfigTable({ config }: { readonly config: ImageComparison['config'] }) {
  return (
    <section className={styles.card} aria-label="Configuration">
      <h3 className={styles.heading}>Configuration</h3>
      <div className={styles.scroller}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">First</th>
              <th scope="col">Second</th>
            </tr>
          </thead>
          <tbody>
            {config.map(({ field, left, right }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td>{left === null ? '—' : <SafeText text={left} className={styles.mono} />}</td>
                <td>{right === null ? '—' : <SafeText text={right} className={styles.mono} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function FileList({ files, omitted }: { readonly files: readonly ComparedFile[]; readonly omitted: number }) {
  const [filter, setFilter] = useState<ChangeFilter>('all');
  const [needle, setNeedle] = useState('');
  const rows = useMemo(() => filterFiles(files, filter, needle), [files, filter, needle]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  return (
    <section className={classNames(styles.card, styles.files)} aria-label="Files">
      <div className={styles.tools}>
        <h3 className={styles.heading}>Files</h3>
        <fieldset className={styles.filters}>
          <HiddenLegend>Show</HiddenLegend>
          {FILTERS.map((entry) => (
            <FilterChip
              key={entry.filter}
              label={entry.label}
              isOn={filter === entry.filter}
              onToggle={() => setFilter(entry.filter)}
            />
          ))}
        </fieldset>
        <FindBox className={styles.find} label="Find a path" value={needle} onChange={setNeedle} />
      </div>
      {omitted > 0 && (
        <p className={styles.omitted}>{formatCount(omitted)} more differences are not listed.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller must be reachable by keyboard */}
      <section ref={scroller} className={styles.rows} aria-label="Differing files" tabIndex={0}>
        <ul style={{ height: virtual.getTotalSize() }} className={styles.list}>
          {virtual.getVirtualItems().map((item) => (
            <FileRow key={item.key} file={rows[item.index]!} top={item.start} />
          ))}
        </ul>
        {rows.length === 0 && (
          <p className={styles.none}>No file differs{needle === '' ? '' : ' by that name'}.</p>
        )}
      </section>
    </section>
  );
}

function FileRow({ file, top }: { readonly file: ComparedFile; readonly top: number }) {
  const growth = growthOf(file);
  return (
    <li className={styles.row} style={{ transform: `translateY(${top}px)` }}>
      <span className={classNames(styles.change, styles[file.change])} title={file.change}>
        {CHANGE_LETTERS[file.change]}
      </span>
      <SafeText text={toPlainPath(file.path)} className={styles.path} />
      <span className={styles.size}>{file.leftBytes === null ? '—' : formatBytes(file.leftBytes)}</span>
      <span className={styles.size}>{file.rightBytes === null ? '—' : formatBytes(file.rightBytes)}</span>
      <span className={styles.size}>
        {growth === 0 ? '±0' : `${growth > 0 ? '+' : '−'}${formatBytes(Math.abs(growth))}`}
      </span>
    </li>
  );
}
