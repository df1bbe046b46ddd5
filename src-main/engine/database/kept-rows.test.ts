import { statSync, utimesSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { makeLargeCache } from '../../../test-support/large-cache.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { seededRandom } from '../../../test-support/tar-writer.ts';
import { openReadableDatabase, type ReadableDatabase } from './connection.ts';
import { KeptRows } from './kept-rows.ts';
import type { RowChange } from './kept-table.ts';
import type { DatabaseSnapshot } from './rows.ts';
import { readSnapshot } from './snapshot.ts';

const NOW_MS = Date.parse('2026-11-29T00:00:00Z');
const TURNS = 160;
const TABLES = ['references', 'manifests', 'layers', 'links'] as const;

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0).toReversed()) one.close();
});

function reader(file: string): ReadableDatabase {
  const database = openReadableDatabase(file);
  open.push(database);
  return database;
}

function writer(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('foreign_keys = ON');
  open.push(database);
  return database;
}

/** What other programs do to the rows. */
class Others {
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #random: () => number;
  #made = 0;

  constructor(file: string, random: () => number) {
    this.#file = file;
    this.#database = writer(file);
    this.#random = random;
  }

  /** Answers what was done; `look` is for changes that are seen half-way. */
  act(look: () => void): string {
    const acts: readonly (() => void)[] = [
      () => this.#touchReference(),
      () => this.#touchReference(),
      () => this.#touchLayers(),
      () => this.#load(1),
      () => this.#load(1),
      () => this.#load(40),
      () => this.#remove(1),
      () => this.#remove(30),
      () => this.#moveTag(),
      () => this.#longName(),
      () => this.#linkInPlace(),
      () => this.#unlinkMany(),
      () => this.#spill(look, 'ROLLBACK'),
      () => this.#spill(look, 'COMMIT'),
      () => void this.#database.pragma('wal_checkpoint(PASSIVE)'),
      () => this.#startOver(),
    ];
    // Rarely, for everything is read again.
    const index = this.#random() % 50 === 0 ? acts.length : this.#random() % acts.length;
    const act = acts[index] ?? (() => this.#database.exec('VACUUM'));
    act();
    return `${act}`.replace(/^.*this\.#/, '');
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#database.prepare(sql).run(...values);
  }

  #idOf(table: string): number {
    const sql = `SELECT id FROM ${table} ORDER BY id LIMIT 1 OFFSET ?`;
    const { rows } = this.#database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as {
      rows: number;
    };
    return this.#database
      .prepare(sql)
      .pluck()
      .get(this.#random() % rows) as number;
  }

  #time(): string {
    return `2026-06-02 10:00:00.${`${this.#random() % 1e9}`.padStart(9, '0')}`;
  }

  #touchReference(): void {
    this.#run('UPDATE image_ref SET updated_at = ? WHERE id = ?', this.#time(), this.#idOf('image_ref'));
  }

  #touchLayers(): void {
    const sql = `UPDATE layer SET last_used_at = ? WHERE id IN
      (SELECT layer_id FROM manifest_layer WHERE manifest_id = ?)`;
    this.#run(sql, this.#time(), this.#idOf('manifest'));
  }

  #load(images: number): void {
    this.#database.transaction(() => {
      for (let image = 0; image < images; image += 1) this.#insertImage();
    })();
  }

  #insertImage(): void {
    this.#made += 1;
    const name = `made-${this.#made}`;
    this.#run('INSERT INTO manifest (digest, layer_count) VALUES (?, 4)', `sha256:m${name}`);
    const manifest = this.#database.prepare('SELECT max(id) FROM manifest').pluck().get();
    this.#run(`INSERT INTO layer (diff_id, blob_digest) VALUES (?, 'b')`, `sha256:l${name}`);
    const own = this.#database.prepare('SELECT max(id) FROM layer').pluck().get();
    const layers = [this.#idOf('layer'), this.#idOf('layer'), this.#idOf('layer'), own];
    for (const [position, layer] of layers.entries()) {
      this.#run(
        'INSERT INTO manifest_layer (manifest_id, layer_id, position) VALUES (?, ?, ?)',
        manifest,
        layer,
        position,
      );
    }
    const time = this.#time();
    this.#run(
      'INSERT INTO image_ref (reference, manifest_id, created_at, updated_at) VALUES (?, ?, ?, ?)',
      name,
      manifest,
      time,
      time,
    );
  }

  #remove(images: number): void {
    this.#database.transaction(() => {
      for (let image = 0; image < images; image += 1) {
        this.#run('DELETE FROM manifest WHERE id = ?', this.#idOf('manifest'));
      }
      this.#run('DELETE FROM layer WHERE id NOT IN (SELECT layer_id FROM manifest_layer)');
    })();
  }

  #moveTag(): void {
    const [reference, manifest] = [this.#idOf('image_ref'), this.#idOf('manifest')];
    this.#run('UPDATE image_ref SET manifest_id = ? WHERE id = ?', manifest, reference);
  }

  /** On pages of its own, and written over there: the page of the row itself stays as it is. */
  #longName(): void {
    const name = `${this.#random()}`.padStart(12_000, 'x');
    const sql =
      'UPDATE image_ref SET reference = ? WHERE id = (SELECT id FROM image_ref ORDER BY id LIMIT 1 OFFSET ?)';
    this.#run(sql, name, this.#random() % 3);
  }

  #linkInPlace(): void {
    const [layer, link] = [this.#idOf('layer'), this.#idOf('manifest_layer')];
    this.#run('UPDATE manifest_layer SET layer_id = ? WHERE id = ?', layer, link);
  }

  /** As many side by side as fill a page and more. */
  #unlinkMany(): void {
    const rows = this.#database.prepare('SELECT count(*) FROM manifest_layer').pluck().get() as number;
    const first = this.#idOf('manifest_layer');
    if (rows > 1500) this.#run('DELETE FROM manifest_layer WHERE id BETWEEN ? AND ?', first, first + 700);
  }

  /** A transaction too large for its cache writes to the log before it ends. */
  #spill(look: () => void, end: 'ROLLBACK' | 'COMMIT'): void {
    const other = new Database(this.#file);
    other.pragma('cache_size = 5');
    other.exec('BEGIN IMMEDIATE');
    other.prepare('UPDATE layer SET last_used_at = ?').run(this.#time());
    look();
    other.exec(end);
    look();
    other.close();
  }

  #startOver(): void {
    const mode = ['RESTART', 'TRUNCATE', 'FULL'][this.#random() % 3];
    this.#database.pragma(`wal_checkpoint(${mode})`);
    this.#touchReference();
  }
}

describeWithMsb('KeptRows', (version) => {
  it('reads what a connection of its own reads from nothing, change after change', {
    timeout: 120_000,
  }, async () => {
    const cache = await makeLargeCache({ images: 200, version });
    const random = seededRandom(11);
    const others = new Others(cache.databaseFile, random);
    const kept = new KeptRows(reader(cache.databaseFile));
    let last = kept.read(NOW_MS).snapshot;
    let followed = 0;
    const look = (done: string) => {
      const fresh = openReadableDatabase(cache.databaseFile);
      const expected = readSnapshot(fresh, NOW_MS);
      fresh.close();
      const { snapshot, changes } = kept.read(NOW_MS);
      expect([done, differing(snapshot, expected)]).toEqual([done, []]);
      if (changes !== null) {
        followed += 1;
        for (const table of TABLES) {
          const found: RowChange<object> = differences<object>(last[table], snapshot[table]);
          expect([done, sortedRows<object>(changes[table])]).toEqual([done, sortedRows(found)]);
        }
      }
      last = snapshot;
    };
    for (let turn = 0; turn < TURNS; turn += 1) {
      const done = others.act(() => look(`${turn}, half-way`));
      look(`${turn}: ${done}`);
    }
    expect(followed).toBeGreaterThan(TURNS / 2);
  });

  it('copies nothing of the log into the database by looking at it', async () => {
    const cache = await makeLargeCache({ images: 300, version });
    const database = writer(cache.databaseFile);
    const kept = new KeptRows(reader(cache.databaseFile));
    database.prepare(`UPDATE image_ref SET updated_at = '2026-06-02 10:00:00.1'`).run();
    kept.read(NOW_MS);
    database.prepare(`UPDATE image_ref SET updated_at = '2026-06-02 10:00:00.2'`).run();
    expect(kept.read(NOW_MS).changes?.references.added).toHaveLength(300);
    const [log] = database.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
    expect(log?.checkpointed).toBe(0);
    expect(log?.log).toBeGreaterThan(10);
  });

  it('follows the first change after the log was empty, unless the log was copied meanwhile', async () => {
    const cache = await makeLargeCache({ images: 300, version });
    const { databaseFile } = cache;
    // Or a copy made just now might not show.
    utimesSync(databaseFile, NOW_MS / 1000, Date.now() / 1000 - 10);
    const isEmpty = () => (statSync(`${databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
    const kept = new KeptRows(reader(databaseFile));
    kept.read(NOW_MS);
    expect(isEmpty()).toBe(true);
    expect(kept.read(NOW_MS).changes?.references).toEqual({ removed: [], added: [] });
    const database = writer(databaseFile);
    const touch = (id: number) =>
      database.prepare(`UPDATE image_ref SET updated_at = '2026-06-02 10:00:00.1' WHERE id = ?`).run(id);
    touch(7);
    const { snapshot, changes } = kept.read(NOW_MS);
    expect(changes?.references.added).toMatchObject([{ id: 7 }]);
    expect(differing(snapshot, readSnapshot(reader(databaseFile), NOW_MS))).toEqual([]);

    const late = new KeptRows(reader(databaseFile));
    database.pragma('wal_checkpoint(TRUNCATE)');
    utimesSync(databaseFile, NOW_MS / 1000, Date.now() / 1000 - 10);
    late.read(NOW_MS);
    expect(isEmpty()).toBe(true);
    touch(8);
    database.pragma('wal_checkpoint(TRUNCATE)');
    touch(9);
    const afterCopy = late.read(NOW_MS);
    expect(afterCopy.changes).toBeNull();
    expect(differing(afterCopy.snapshot, readSnapshot(reader(databaseFile), NOW_MS))).toEqual([]);
  });

  it('reads everything again where a row is not as it should be, and until it is', async () => {
    const cache = await makeLargeCache({ images: 300, version });
    const database = writer(cache.databaseFile);
    const kept = new KeptRows(reader(cache.databaseFile));
    const touch = (time: string) => {
      database.prepare('UPDATE image_ref SET updated_at = ? WHERE id = 7').run(time);
      return kept.read(NOW_MS);
    };
    touch('2026-06-02 10:00:00.1');
    expect(touch('2026-06-02 10:00:00.2').changes).not.toBeNull();
    const { snapshot, changes } = touch('yesterday');
    expect(changes).toBeNull();
    expect(snapshot.damagedRows).toMatchObject([{ table: 'image_ref', id: 7 }]);
    expect(touch('2026-06-02 10:00:00.3')).toMatchObject({ changes: null, snapshot: { damagedRows: [] } });
    expect(touch('2026-06-02 10:00:00.4').changes).not.toBeNull();
  });
});

/** A few rows of each part that are not the same, in places: whole snapshots take minutes to print. */
function differing(found: DatabaseSnapshot, expected: DatabaseSnapshot): readonly string[] {
  const { references, manifests, layers, links, ...others } = found;
  const isSame = isDeepStrictEqual({ ...others, references, manifests, layers, links }, expected);
  if (isSame) return [];
  return TABLES.flatMap((table) => {
    const [left, right] = [found[table].map(toText), expected[table].map(toText)];
    const rows = left.flatMap((row, at) =>
      row === right[at] ? [] : [`${table} ${at}: ${row.slice(0, 200)}`],
    );
    return [`${table}: ${left.length} for ${right.length}`, ...rows.slice(0, 3)];
  });
}

function differences<Row>(before: readonly Row[], after: readonly Row[]): RowChange<Row> {
  const [old, now] = [new Set(before.map(toText)), new Set(after.map(toText))];
  return {
    removed: before.filter((row) => !now.has(toText(row))),
    added: after.filter((row) => !old.has(toText(row))),
  };
}

function sortedRows<Row>({ removed, added }: RowChange<Row>): unknown {
  return [removed.map(toText).toSorted(), added.map(toText).toSorted()];
}

function toText(row: unknown): string {
  return JSON.stringify(row);
}
