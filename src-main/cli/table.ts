export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
}

/** Rows under their titles, columns two spaces apart; lines without trailing spaces, each ended. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => text(row))),
  ];
  const widths = columns.map((_, index) =>
    cells.reduce((widest, line) => Math.max(widest, [...(line[index] ?? '')].length), 0),
  );
  return cells
    .map(
      (line) =>
        `${line
          .map((cell, index) => pad(cell, index))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');

  function pad(cell: string, index: number): string {
    const space = ' '.repeat((widths[index] ?? 0) - [...cell].length);
    return columns[index]?.isNumber === true ? `${space}${cell}` : `${cell}${space}`;
  }
}
