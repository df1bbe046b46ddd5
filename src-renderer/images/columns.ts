import type { SortColumn } from './image-list-state.ts';

/** A column of the image list beside the check boxes. */
export interface Column {
  readonly name: SortColumn;
  readonly label: string;
  /** Pixels; the image column takes what the others leave. */
  readonly width: number;
}

export interface ColumnLayout {
  readonly columns: readonly Column[];
  /** Pixels the image column has. */
  readonly imageWidth: number;
  /** Too narrow for a name in one line: the registry goes below the repository. */
  readonly isStacked: boolean;
  /** For `grid-template-columns`, the check boxes first. */
  readonly template: string;
}

const CHECK_WIDTH = 38;
const END_PADDING = 12;
const LEAST_IMAGE_WIDTH = 280;
const LEAST_LINE_WIDTH = 300;
/** From here on the other columns share what is gained, each up to so much. */
const AMPLE_IMAGE_WIDTH = 330;
const MOST_EXTRA = 44;

/** Every column there is, in order. The name's cannot be left out. */
export const COLUMNS: readonly Column[] = [
  { name: 'image', label: 'Image', width: 0 },
  { name: 'on-disk', label: 'On disk', width: 108 },
  { name: 'layers', label: 'Layers', width: 50 },
  { name: 'platform', label: 'Platform', width: 98 },
  { name: 'used-by', label: 'Used by', width: 116 },
  { name: 'created', label: 'Created', width: 87 },
  { name: 'last-used', label: 'Last used', width: 87 },
];

/** What goes first when room is short; all of it is in the detail pane too. */
const EXPENDABLE: readonly SortColumn[] = ['last-used', 'layers', 'platform', 'created'];

/** Of the columns chosen (null for all) those that leave the image's name room to be read. */
export function fitColumns(listWidth: number, chosen: ReadonlySet<SortColumn> | null = null): ColumnLayout {
  let columns = COLUMNS.filter(({ name }) => name === 'image' || chosen === null || chosen.has(name));
  let imageWidth = imageWidthOf(columns, listWidth);
  for (const name of EXPENDABLE) {
    if (imageWidth >= LEAST_IMAGE_WIDTH) break;
    columns = columns.filter((column) => column.name !== name);
    imageWidth = imageWidthOf(columns, listWidth);
  }
  const others = columns.length - 1;
  const spare = Math.max(0, imageWidth - AMPLE_IMAGE_WIDTH) / 2;
  const extra = others === 0 ? 0 : Math.floor(Math.min(MOST_EXTRA, spare / others));
  const tracks = columns.map(({ name, width }) =>
    name === 'image' ? 'minmax(0, 1fr)' : `${width + extra}px`,
  );
  imageWidth -= extra * others;
  return {
    columns,
    imageWidth,
    isStacked: imageWidth < LEAST_LINE_WIDTH,
    template: `${CHECK_WIDTH}px ${tracks.join(' ')}`,
  };
}

function imageWidthOf(columns: readonly Column[], listWidth: number): number {
  const others = columns.reduce((sum, column) => sum + column.width, 0);
  return listWidth - CHECK_WIDTH - others - END_PADDING;
}
