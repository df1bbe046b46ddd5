import { Layers, X } from 'lucide-react';
import { type RefObject, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { usePlace } from '../app/navigation.ts';
import { setPreference, usePreference } from '../app/preferences.ts';
import { useLayers } from '../app/queries.ts';
import { usualDetailWidth } from '../detail/detail-width.ts';
import { FindBox } from '../detail/find-box.tsx';
import {
  Button,
  classNames,
  EmptyState,
  ErrorNotice,
  FilterChip,
  HiddenLegend,
  IconButton,
  Spinner,
  Splitter,
  useCoveringFocus,
  useElementSize,
  VisuallyHidden,
} from '../ui/index.ts';
import { LayerDetail } from './layer-detail.tsx';
import { LayerGrid } from './layer-grid.tsx';
import { countByFilter, type LayerFilter, type LayerQuery, queryLayers } from './layer-list-state.ts';
import styles from './layers-view.module.css';

/** Pixels the view needs for list and details side by side; with less the details cover the list. */
const LEAST_DOCKED_WIDTH = 880;
const LEAST_DETAIL_WIDTH = 340;
const LEAST_LIST_WIDTH = 540;

const FILTERS: readonly { readonly filter: LayerFilter; readonly label: string }[] = [
  { filter: 'all', label: 'All' },
  { filter: 'shared', label: 'Shared' },
  { filter: 'single', label: 'One image' },
  { filter: 'orphaned', label: 'Orphaned' },
  { filter: 'damaged', label: 'Damaged' },
];

/** Every layer of the cache, and one of them in detail. */
export function LayersView() {
  const layers = useLayers();
  const [find, setFind] = useState('');
  const needle = useDeferredValue(find);
  const [query, setQuery] = useState<Omit<LayerQuery, 'needle'>>({
    filter: 'all',
    sort: 'onDisk',
    isDescending: true,
  });
  const { openedLayer } = usePlace();
  const [openedId, setOpenedId] = useState(openedLayer);
  const all = layers.data;
  const counts = useMemo(() => countByFilter(all ?? []), [all]);
  const rows = useMemo(() => queryLayers(all ?? [], { ...query, needle }), [all, query, needle]);
  const opened = useMemo(() => all?.find((layer) => layer.diffId === openedId) ?? null, [all, openedId]);

  const view = useRef<HTMLDivElement>(null);
  const viewWidth = useElementSize(view)?.width ?? 0;
  const isDocked = viewWidth >= LEAST_DOCKED_WIDTH;
  const usual = usualDetailWidth(viewWidth);
  const preferred = usePreference('detailWidth') ?? usual;
  const largest = Math.max(LEAST_DETAIL_WIDTH, viewWidth - LEAST_LIST_WIDTH);
  const width = Math.min(Math.max(preferred, LEAST_DETAIL_WIDTH), largest);
  const isCovered = opened !== null && viewWidth > 0 && !isDocked;
  const close = useRef<HTMLButtonElement>(null);
  useCoveringFocus(isCovered ? openedId : null, close);
  useFocusReturn(view, isCovered);

  return (
    <div ref={view} className={styles.view}>
      <div className={styles.list} inert={isCovered}>
        <h2>
          <VisuallyHidden>Layers</VisuallyHidden>
        </h2>
        <div className={styles.tools}>
          <fieldset className={styles.filters}>
            <HiddenLegend>Show</HiddenLegend>
            {FILTERS.map(({ filter, label }) => (
              <FilterChip
                key={filter}
                label={label}
                count={counts[filter]}
                isOn={query.filter === filter}
                onToggle={() => setQuery({ ...query, filter })}
              />
            ))}
          </fieldset>
          <FindBox className={styles.find} label="Find by digest or image" value={find} onChange={setFind} />
        </div>
        {layers.error !== null && (
          <div className={styles.message}>
            <ErrorNotice error={layers.error.error} onRetry={() => void layers.refetch()} />
          </div>
        )}
        {layers.isPending && (
          <div className={styles.fill}>
            <Spinner label="Reading the layers" size={20} />
          </div>
        )}
        {all !== undefined && rows.length > 0 && (
          <LayerGrid
            rows={rows}
            sort={query.sort}
            isDescending={query.isDescending}
            openedId={openedId}
            onSort={(sort) =>
              setQuery({
                ...query,
                sort,
                isDescending: sort === query.sort ? !query.isDescending : sort !== 'layer',
              })
            }
            onOpen={setOpenedId}
            onClose={() => setOpenedId(null)}
          />
        )}
        {all !== undefined && rows.length === 0 && (
          <NoLayers
            hasOthers={all.length > 0}
            onShowAll={() => {
              setQuery({ ...query, filter: 'all' });
              setFind('');
            }}
          />
        )}
      </div>
      {isDocked && (
        <Splitter
          label="Width of the details"
          value={width}
          min={LEAST_DETAIL_WIDTH}
          max={largest}
          initial={usual}
          onChange={(next) => setPreference('detailWidth', next)}
        />
      )}
      {(isDocked || isCovered) && (
        // biome-ignore lint/a11y/noStaticElementInteractions: Escape from anywhere inside; the button does the same
        <div
          className={classNames(styles.detail, isCovered && styles.cover)}
          style={isCovered ? undefined : { width }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.defaultPrevented || !isCovered) return;
            event.preventDefault();
            setOpenedId(null);
          }}
        >
          {opened === null ? (
            <aside className={styles.nothing} aria-label="Layer details">
              <EmptyState icon={<Layers size={22} />} title="No layer chosen">
                Choose a layer to see which images share it and what is inside.
              </EmptyState>
            </aside>
          ) : (
            <LayerDetail key={opened.diffId} layer={opened} />
          )}
          {opened !== null && (
            <IconButton
              ref={close}
              label="Close the details"
              size="small"
              className={styles.close}
              icon={<X size={16} />}
              onClick={() => setOpenedId(null)}
            />
          )}
        </div>
      )}
    </div>
  );
}

/** Once the details cover the list no more, the keyboard is back in it. */
function useFocusReturn(view: RefObject<HTMLElement | null>, isCovered: boolean): void {
  const wasCovered = useRef(false);
  useLayoutEffect(() => {
    if (wasCovered.current && !isCovered && document.activeElement === document.body)
      view.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
    wasCovered.current = isCovered;
  }, [view, isCovered]);
}

interface NoLayersProps {
  readonly hasOthers: boolean;
  readonly onShowAll: () => void;
}

function NoLayers({ hasOthers, onShowAll }: NoLayersProps) {
  return (
    <div className={styles.fill}>
      {hasOthers ? (
        <EmptyState title="No layer matches" actions={<Button onClick={onShowAll}>Show all layers</Button>}>
          None of the layers passes the filter and the find field.
        </EmptyState>
      ) : (
        <EmptyState icon={<Layers size={22} />} title="No layers yet">
          Layers appear here as soon as msb has pulled or loaded an image.
        </EmptyState>
      )}
    </div>
  );
}
