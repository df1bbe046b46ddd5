import type { SortColumn } from './image-list-state.ts';

/** A column of the image list beside the check boxes. */
export interface Column {
  readonly name: SortColumn;
  readonly label: string;
  /** Pixels; the image column takes what the others leave. */
  readonly width: number;
  /** Pixels below which it says nothing any more. */
  readonly leastWidth: number;
}

/** Pixels of the columns a person has sized. */
export type ColumnWidths = Readonly<Partial<Record<SortColumn, number>>>;

export interface ColumnLayout {
  /** As wide as they are drawn. */
  readonly columns: readonly Column[];
  /** Pixels the image column has. */
  readonly imageWidth: number;
  /** Too narrow for a name in one line: the registry goes below the repository. */
  readonly isStacked: boolean;
  /** For `grid-template-columns`, the check boxes first. */
  readonly template: string;
}

const CHECK_WIDTH = 38;
const END_PADDING = 6;
const LEAST_IMAGE_WIDTH = 280;
const LEAST_LINE_WIDTH = 300;
/** From here on the other columns share what is gained, each up to so much. */
const AMPLE_IMAGE_WIDTH = 330;
const MOST_EXTRA = 44;
/** Pixels that one press of a key makes a column wider or narrower. */
export const WIDTH_STEP = 16;

/** Every column there is, in order. The name's cannot be left out. */
export const COLUMNS: readonly Column[] = [
  { name: 'image', label: 'Image', width: 0, leastWidth: LEAST_IMAGE_WIDTH },
  { name: 'on-disk', label: 'On disk', width: 108, leastWidth: 88 },
  { name: 'layers', label: 'Layers', width: 50, leastWidth: 50 },
  { name: 'platform', label: 'Platform', width: 98, leastWidth: 64 },
  { name: 'used-by', label: 'Used by', width: 122, leastWidth: 70 },
  { name: 'created', label: 'Created', width: 93, leastWidth: 70 },
  { name: 'last-used', label: 'Last used', width: 93, leastWidth: 78 },
];

/** What goes first when room is short; all of it is in the detail pane too. */
const EXPENDABLE: readonly SortColumn[] = ['last-used', 'layers', 'platform', 'created'];

/**
 * Of the columns chosen (null for all) those that leave the image's name room to be read. Where it is short, what a
 * person has widened gives way first: no column goes because another was made wider.
 */
export function fitColumns(
  listWidth: number,
  chosen: ReadonlySet<SortColumn> | null = null,
  widths: ColumnWidths = {},
): ColumnLayout {
  const wanted = COLUMNS.filter(({ name }) => name === 'image' || chosen === null || chosen.has(name));
  let columns = narrow(wanted, widths, listWidth);
  for (const name of EXPENDABLE) {
    if (imageWidthOf(columns, listWidth) >= LEAST_IMAGE_WIDTH) break;
    columns = columns.filter((column) => column.name !== name);
  }
  const isSized = columns.some(({ name }) => widths[name] !== undefined);
  if (!isSized) columns = spread(columns, listWidth);
  const imageWidth = imageWidthOf(columns, listWidth);
  const tracks = columns.map(({ name, width }) => (name === 'image' ? 'minmax(0, 1fr)' : `${width}px`));
  return {
    columns: columns.map((column) => (column.name === 'image' ? { ...column, width: imageWidth } : column)),
    imageWidth,
    isStacked: imageWidth < LEAST_LINE_WIDTH,
    template: `${CHECK_WIDTH}px ${tracks.join(' ')}`,
  };
}

/** Pixels a column can have at most: the image's name keeps its least. */
function mostWidth({ imageWidth }: ColumnLayout, { width, leastWidth }: Column): number {
  return Math.max(leastWidth, width + imageWidth - LEAST_IMAGE_WIDTH);
}

/**
 * The widths to keep once a column is given another, as far as its bounds let it: those of every column on screen,
 * so that none of the others moves.
 */
export function sizeColumn(layout: ColumnLayout, name: SortColumn, width: number): ColumnWidths {
  return Object.fromEntries(
    layout.columns.flatMap((column) => {
      if (column.name === 'image') return [];
      if (column.name !== name) return [[column.name, column.width]];
      const bounded = Math.min(Math.max(width, column.leastWidth), mostWidth(layout, column));
      return [[name, Math.round(bounded)]];
    }),
  );
}

/** The columns as a person sized them; what is wider than it was meant gives the name what that lacks. */
function narrow(wanted: readonly Column[], widths: ColumnWidths, listWidth: number): readonly Column[] {
  const extraOf = ({ name, width }: Column) => Math.max(0, (widths[name] ?? width) - width);
  const sized = wanted.map((column) => ({
    ...column,
    width: Math.max(column.name === 'image' ? 0 : column.leastWidth, widths[column.name] ?? column.width),
  }));
  const lacking = LEAST_IMAGE_WIDTH - imageWidthOf(sized, listWidth);
  const extra = wanted.reduce((sum, column) => sum + extraOf(column), 0);
  if (lacking <= 0 || extra === 0) return sized;
  const share = Math.min(1, lacking / extra);
  return sized.map((column, index) => ({
    ...column,
    width: column.width - Math.ceil(extraOf(wanted[index]!) * share),
  }));
}

/** In a wide list the columns share what the name does not need. */
function spread(columns: readonly Column[], listWidth: number): readonly Column[] {
  const others = columns.length - 1;
  const spare = Math.max(0, imageWidthOf(columns, listWidth) - AMPLE_IMAGE_WIDTH) / 2;
  const extra = others === 0 ? 0 : Math.floor(Math.min(MOST_EXTRA, spare / others));
  return columns.map((column) =>
    column.name === 'image' ? column : { ...column, width: column.width + extra },
  );
}

function imageWidthOf(columns: readonly Column[], listWidth: number): number {
  const others = columns.reduce((sum, { name, width }) => (name === 'image' ? sum : sum + width), 0);
  return listWidth - CHECK_WIDTH - others - END_PADDING;
}
