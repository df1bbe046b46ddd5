import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { checkDatabase, checkHeldImages } from '../../../test-support/check-cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient } from './client.fixture.ts';

const APP = 'ghcr.io/acme/app:1';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Removed {
  readonly cache: TestCache;
  readonly client: HostileClient;
  readonly id: string;
  /** The removal's private folder. */
  readonly folder: string;
}

/** A cache from which an image was removed so that it can come back. */
async function removeOne(version: '0.6.18' | '0.7.2'): Promise<Removed> {
  const cache = await makeCache({ version, images: standardImages() });
  const client = new HostileClient(cache.home, scratchDir('hostile'));
  closing.push(() => client.close());
  await client.call('settings.set', { undoMinutes: 60 });
  const report = await client.call('images.remove', { reference: APP, force: false });
  const id = report.undoId!;
  return { cache, client, id, folder: join(cache.cacheDir, '.strata', id) };
}

function listHome(cache: TestCache): Record<string, string> {
  return listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
}

interface JournalText {
  rows: {
    tables: Record<string, { columns: string[]; rows: unknown[][] }>;
    layerDigests: Record<string, string>;
    manifestDigests: Record<string, string>;
  };
  files: {
    path: string;
    kind: string;
    type: string;
    dev: string;
    ino: string;
    logicalBytes: number;
    allocatedBytes: number;
  }[];
}

function rewrite({ folder }: Removed, change: (journal: JournalText) => void): void {
  const file = join(folder, 'undo.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as JournalText;
  change(journal);
  writeFileSync(file, JSON.stringify(journal));
}

/** Sets a column in every saved row of a table. */
function setColumn(journal: JournalText, table: string, column: string, value: unknown): void {
  const { columns, rows } = journal.rows.tables[table]!;
  for (const row of rows) row[columns.indexOf(column)] = value;
}

describeWithMsb(
  'the journal of a removal, written to by somebody else',
  (version) => {
    it.each<[string, (journal: JournalText) => void]>([
      [
        'a number that is none',
        (journal) => setColumn(journal, 'manifest', 'layer_count', ['integer', 'many']),
      ],
      [
        'a number beyond 64 bits',
        (journal) => setColumn(journal, 'manifest', 'total_size_bytes', ['integer', '9999999999999999999']),
      ],
      [
        'bytes that are no hexadecimal digits',
        (journal) => setColumn(journal, 'manifest', 'os', ['blob', 'zz']),
      ],
      ['a type SQLite does not have', (journal) => setColumn(journal, 'manifest', 'os', ['object', '1'])],
      ['nothing where something must be', (journal) => setColumn(journal, 'layer', 'diff_id', null)],
      [
        'a digest that is there already, twice',
        (journal) => journal.rows.tables.config!.rows.push(journal.rows.tables.config!.rows[0]!),
      ],
      [
        'a column twice',
        (journal) => {
          journal.rows.tables.layer!.columns[1] = 'id';
        },
      ],
      [
        'a column that is SQL',
        (journal) => {
          journal.rows.tables.layer!.columns[1] = 'diff_id") VALUES (1); DROP TABLE image_ref; --';
        },
      ],
      [
        'rows of a table that is none',
        (journal) => {
          journal.rows.tables.sqlite_schema = { columns: ['sql'], rows: [['x']] };
          delete journal.rows.tables.layer;
        },
      ],
      [
        'a path that climbs',
        (journal) => {
          journal.files[0]!.path = '../../outside';
        },
      ],
      [
        'an absolute path',
        (journal) => {
          journal.files[0]!.path = '/etc/passwd';
        },
      ],
      [
        'a path that msb does not use',
        (journal) => {
          journal.files[0]!.path = 'layers/notes.txt';
        },
      ],
      [
        'a path through our own folder',
        (journal) => {
          journal.files[0]!.path = `.strata/${'a'.repeat(32)}`;
          journal.files[0]!.type = 'directory';
        },
      ],
      [
        'a file that was never set aside',
        (journal) => {
          journal.files.push({ ...journal.files[0]!, path: `layers/sha256_${'0'.repeat(64)}.erofs` });
        },
      ],
    ])('brings nothing back when it has %s, and can be emptied', async (_what, change) => {
      const removed = await removeOne(version);
      const { cache, client, id } = removed;
      rewrite(removed, change);
      const before = listHome(cache);
      const rows = await client.call('images.list', {});
      expect(await client.failure('undo.restore', { id })).toMatchObject({ code: 'undo-blocked', id });
      expect(listHome(cache)).toEqual(before);
      expect(await client.call('images.list', {})).toEqual(rows);
      expect(checkDatabase(cache.home)).toEqual([]);
      await client.call('undo.list', {});
      await client.call('undo.empty', { id });
      expect(existsSync(join(cache.cacheDir, '.strata'))).toBe(false);
      expect(checkHeldImages(cache.home)).toEqual([]);
    });

    it('moves no file in from where a link in its folder leads', async () => {
      const { client, id, folder } = await removeOne(version);
      const outside = join(scratchDir('outside'), 'layers');
      renameSync(join(folder, 'layers'), outside);
      symlinkSync(outside, join(folder, 'layers'));
      const canaries = listTree(outside);
      expect(await client.failure('undo.restore', { id })).toMatchObject({ code: 'undo-blocked' });
      expect(listTree(outside)).toEqual(canaries);
      await client.call('undo.empty', { id });
      expect(listTree(outside)).toEqual(canaries);
    });

    it('moves no file out to where a link in the cache leads', async () => {
      const { cache, client, id } = await removeOne(version);
      const outside = join(scratchDir('outside'), 'layers');
      renameSync(join(cache.cacheDir, 'layers'), outside);
      symlinkSync(outside, join(cache.cacheDir, 'layers'));
      const canaries = listTree(outside);
      expect(await client.failure('undo.restore', { id })).toMatchObject({ code: 'undo-blocked' });
      await client.call('undo.empty', { id });
      expect(listTree(outside)).toEqual(canaries);
    });

    it('is not looked for behind a link in place of our own folder', async () => {
      const { cache, client, id } = await removeOne(version);
      const outside = join(scratchDir('outside'), 'strata');
      renameSync(join(cache.cacheDir, '.strata'), outside);
      symlinkSync(outside, join(cache.cacheDir, '.strata'));
      const canaries = listTree(outside);
      expect(await client.call('undo.list', {})).toEqual([]);
      expect(await client.failure('undo.restore', { id })).toMatchObject({ code: 'not-found' });
      expect(await client.call('undo.empty', { all: true })).toMatchObject({ ids: [] });
      expect(listTree(outside)).toEqual(canaries);
    });

    it.each([
      ['a directory', (file: string) => mkdirSync(file)],
      ['a link', (file: string) => symlinkSync('/etc/passwd', file)],
      ['a link to a device', (file: string) => symlinkSync('/dev/zero', file)],
      ['empty', (file: string) => writeFileSync(file, '')],
      ['no JSON', (file: string) => writeFileSync(file, '{"version":1')],
      ['deep', (file: string) => writeFileSync(file, '['.repeat(1_000_000))],
    ])('hides no other removal when it is %s', async (_what, make) => {
      const removed = await removeOne(version);
      const { client, folder, id } = removed;
      const second = await client.call('images.remove', { reference: 'alpine', force: false });
      rmSync(join(folder, 'undo.json'));
      make(join(folder, 'undo.json'));
      const listed = await client.call('undo.list', {});
      expect(listed.map((entry) => entry.id)).toContain(second.undoId);
      const outcome = await client.outcome('undo.restore', { id });
      expect(outcome).toMatchObject({ refused: { code: expect.stringMatching(/undo-blocked|not-found/) } });
      expect((await client.call('undo.restore', { id: second.undoId! })).references).toEqual(['alpine']);
    });

    it('of another cache is worth nothing here', async () => {
      const one = await removeOne(version);
      const other = await makeCache({ version, images: standardImages().slice(3) });
      cpSync(join(one.cache.cacheDir, '.strata'), join(other.cacheDir, '.strata'), { recursive: true });
      const client = new HostileClient(other.home, scratchDir('hostile'));
      closing.push(() => client.close());
      const before = listTree(join(other.cacheDir, 'layers'));
      expect(await client.failure('undo.restore', { id: one.id })).toMatchObject({ code: 'undo-blocked' });
      expect(listTree(join(other.cacheDir, 'layers'))).toEqual(before);
      expect(readdirSync(join(other.cacheDir, '.strata'))).toEqual([one.id]);
      expect(checkDatabase(other.home)).toEqual([]);
    });
  },
  ['0.6.18'],
);
