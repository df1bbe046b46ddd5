import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { usePulledReferences } from '../app/being-pulled.ts';
import { runCommand, useCommand } from '../app/commands.ts';
import { setFind, useFind } from '../app/find.ts';
import { closeImage, openImage, showView, usePlace } from '../app/navigation.ts';
import { setPreference, usePreference } from '../app/preferences.ts';
import { useFacts, useImages } from '../app/queries.ts';
import { compared } from '../compare/comparison.ts';
import { RemoveDialog } from '../dialogs/remove-dialog.tsx';
import { pinAll } from '../reclaim/pins.ts';
import { ErrorNotice, useElementSize, useSteadyHandlers, VisuallyHidden } from '../ui/index.ts';
import { ImageDetail, LEAST_DOCKED_WIDTH } from './image-detail.tsx';
import { type ImageRow, joinEntries } from './image-entries.ts';
import { ImageGrid } from './image-grid.tsx';
import { countFilters, type ImageFilter, type ImageSort, listRows } from './image-list-state.ts';
import { countHidden, NOTHING_SELECTED, targetsOf, toggleAll } from './image-selection.ts';
import { ImageTools } from './image-tools.tsx';
import styles from './images-view.module.css';
import { NoImages } from './no-images.tsx';
import { RowMenu } from './row-menu.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useColumnSizing } from './use-column-sizing.ts';
import { useImageSelection } from './use-image-selection.ts';
import { useOpenedImage } from './use-opened-image.ts';
import { usePreparedEntries } from './use-prepared-entries.ts';
import { newListMemory } from './use-row-anchor.ts';
import { WorkStrip } from './work-strip.tsx';

/** A removal a person asked for and has neither confirmed nor given up yet. */
interface Removal {
  readonly references: readonly string[];
  readonly isForced: boolean;
}

/** Every cached image, newest first, and one of them in detail. */
export function ImagesView() {
  const images = useImages();
  const facts = useFacts();
  const pulled = usePulledReferences();
  const { openedReference } = usePlace();
  const find = useDeferredValue(useFind().trim());
  const sort = usePreference('sort');
  const isGrouped = usePreference('isGrouped');
  const [filter, setFilter] = useState<ImageFilter>('all');
  const [removal, setRemoval] = useState<Removal | null>(null);
  const [memory] = useState(newListMemory);
  const [isDetailClosed, setDetailClosed] = useState(false);

  const entries = useMemo(
    () => joinEntries(images.data ?? [], facts.data ?? null, pulled),
    [images.data, facts.data, pulled],
  );
  usePreparedEntries(entries);
  const state = useMemo(() => ({ filter, find, sort, isGrouped }), [filter, find, sort, isGrouped]);
  const rows = useMemo(() => listRows(entries, state), [entries, state]);
  const counts = useMemo(() => countFilters(entries), [entries]);
  const [selection, setSelection] = useImageSelection(entries, images.isSuccess);
  const checked = useMemo(() => [...selection.checked], [selection]);
  const hiddenCount = useMemo(() => countHidden(selection, rows), [selection, rows]);

  const view = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const viewWidth = useElementSize(view)?.width ?? 0;
  const listWidth = useElementSize(list)?.width ?? 0;
  const { layout, sizing } = useColumnSizing(listWidth);
  const columns = useMemo(() => layout.columns.map(({ name }) => name), [layout]);
  const isDocked = viewWidth >= LEAST_DOCKED_WIDTH;
  useOpenedImage(entries, images.isSuccess, isDocked ? (rows[0]?.entry.handle.reference ?? null) : null);

  // What fails the one usually fails the other too, and is said once.
  const failure = images.error ?? facts.error;

  const open = (row: ImageRow) => {
    setDetailClosed(false);
    openImage(row.entry.handle.reference);
  };
  const closeDetail = () => {
    setDetailClosed(true);
    closeImage();
    runCommand('focus-list');
  };
  const askToRemove = (references: readonly string[], isForced = false) => {
    if (references.length > 0) setRemoval({ references, isForced });
  };
  const compare = () => {
    compared.set({ left: checked.at(-1)!, right: checked[0]! });
    showView('compare');
  };
  const steady = useSteadyHandlers({
    open,
    closeDetail,
    sort: (next: ImageSort) => setPreference('sort', next),
    group: (next: boolean) => setPreference('isGrouped', next),
    removeRow: (row: ImageRow) => askToRemove(targetsOf(selection, row)),
    removeOpened: (isForced: boolean) => {
      if (openedReference !== null) askToRemove([openedReference], isForced);
    },
  });
  const targets = checked.length > 0 || openedReference === null ? checked : [openedReference];
  const noTarget = targets.length === 0 ? 'Open or select an image first.' : null;
  useCommand('remove', () => askToRemove(targets), noTarget);
  useCommand('force-remove', () => askToRemove(targets, true), noTarget);
  useCommand('pin-images', () => pinAll(targets, true), noTarget);
  useCommand('unpin-images', () => pinAll(targets, false), noTarget);
  useCommand('toggle-grouping', () => setPreference('isGrouped', !isGrouped));
  useCommand(
    'select-all',
    () => setSelection(toggleAll(NOTHING_SELECTED, rows)),
    rows.length === 0 ? 'No image is shown.' : null,
  );
  useCommand(
    'clear-selection',
    () => setSelection(NOTHING_SELECTED),
    checked.length === 0 ? 'Nothing is selected.' : null,
  );
  useCommand('compare-selected', compare, checked.length === 2 ? null : 'Select exactly two images first.');

  const isEmpty = images.isError || (images.isSuccess && entries.length === 0);
  const isDetailShown =
    viewWidth > 0 && (openedReference !== null || (isDocked && !isDetailClosed && !isEmpty));
  return (
    <div ref={view} className={styles.view}>
      <div ref={list} className={styles.list} inert={isDetailShown && !isDocked}>
        <ImageTools
          filter={filter}
          counts={images.isSuccess ? counts : null}
          isGrouped={isGrouped}
          columns={columns}
          onFilter={setFilter}
          onGroup={steady.group}
          onResetWidths={sizing.reset}
        />
        {failure !== null && (
          <div className={styles.message}>
            <ErrorNotice error={failure.error} onRetry={() => runCommand('refresh')} />
          </div>
        )}
        {images.isPending && <LoadingRows />}
        {images.isSuccess && rows.length > 0 && (
          <RowMenu
            rows={rows}
            targetsOf={(row) => targetsOf(selection, row)}
            onOpen={open}
            onRemove={askToRemove}
          >
            <ImageGrid
              rows={rows}
              layout={layout}
              sizing={sizing}
              sort={sort}
              order={state}
              memory={memory}
              selection={selection}
              openedReference={openedReference}
              onSort={steady.sort}
              onSelect={setSelection}
              onOpen={steady.open}
              onRemove={steady.removeRow}
              onClose={steady.closeDetail}
            />
          </RowMenu>
        )}
        {images.isSuccess && rows.length === 0 && (
          <div className={styles.fill}>
            <NoImages
              hasOthers={entries.length > 0}
              filter={filter}
              find={find}
              onShowAll={() => {
                setFilter('all');
                setFind('');
              }}
            />
          </div>
        )}
        <WorkStrip />
        {checked.length > 0 && (
          <SelectionBar
            count={checked.length}
            hiddenCount={hiddenCount}
            onRemove={() => askToRemove(checked)}
            onCompare={compare}
            onClear={() => setSelection(NOTHING_SELECTED)}
          />
        )}
      </div>
      {isDetailShown && (
        <ImageDetail
          reference={openedReference}
          isWaiting={images.isPending}
          viewWidth={viewWidth}
          onClose={steady.closeDetail}
          onRemove={steady.removeOpened}
        />
      )}
      {removal !== null && (
        <RemoveDialog
          references={removal.references}
          initialForce={removal.isForced}
          onClose={() => setRemoval(null)}
        />
      )}
    </div>
  );
}

const LOADING_ROWS = [0, 1, 2, 3, 4, 5, 6, 7];

function LoadingRows() {
  return (
    <div role="status">
      <VisuallyHidden>Reading the images</VisuallyHidden>
      {LOADING_ROWS.map((row) => (
        <div key={row} className={styles.skeleton} />
      ))}
    </div>
  );
}
