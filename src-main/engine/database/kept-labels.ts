import type { ReadableDatabase } from './connection.ts';
import { labelTextOf } from './image-rows.ts';
import { KeptTable } from './kept-table.ts';
import { LogFollower } from './log-follower.ts';
import { TableReader } from './table-reader.ts';
import { rowId } from './values.ts';

interface LabelRow {
  readonly manifestId: number | null;
  readonly text: string | null;
}

type Texts = ReadonlyMap<number, string>;

const RECIPE = { table: 'config', columns: ['manifest_id', 'labels'] };

/** What the find field searches of each image's labels, by manifest row id: see `labelTextOf` and `LogFollower`. */
export class KeptLabels {
  readonly #database: ReadableDatabase;
  readonly #follower: LogFollower;
  #table = newTable();
  #last: { readonly counter: string; readonly texts: Texts } | null = null;

  constructor(database: ReadableDatabase) {
    this.#database = database;
    this.#follower = new LogFollower(database);
  }

  /** The same object until one differs. `counter` is another one after every change of the database. */
  read(counter: string): Texts {
    if (this.#last?.counter === counter) return this.#last.texts;
    const texts = this.#follower.read<Texts>(
      (written) => this.#follow(written),
      () => this.#readWhole(),
    );
    this.#last = { counter, texts };
    return texts;
  }

  #readWhole(): { value: Texts; canFollow: boolean } {
    const reader = new TableReader(this.#database);
    this.#table = newTable();
    const value = textsOf(this.#table.readWhole(reader));
    const canFollow = reader.damagedRows.length === 0 && this.#table.locate(this.#database);
    return { value, canFollow };
  }

  #follow(written: ReadonlySet<number>): Texts | null {
    const change = this.#table.follow(new TableReader(this.#database), written);
    if (change === null || this.#last === null) return null;
    const isSame = change.removed.length === 0 && change.added.length === 0;
    return isSame ? this.#last.texts : textsOf(this.#table.rows);
  }
}

function newTable(): KeptTable<LabelRow> {
  const make = ([, manifestId, labels]: readonly unknown[]) => ({
    manifestId: rowId(manifestId),
    text: labelTextOf(labels),
  });
  return new KeptTable<LabelRow>({ ...RECIPE, make });
}

function textsOf(rows: readonly LabelRow[]): Texts {
  const texts = new Map<number, string>();
  for (const { manifestId, text } of rows)
    if (manifestId !== null && text !== null) texts.set(manifestId, text);
  return texts;
}
