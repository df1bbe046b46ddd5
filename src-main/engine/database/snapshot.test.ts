import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../../../test-support/cache.ts';
import { insertRow, msbTime, withDatabase } from '../../../test-support/database.ts';
import { standardImages } from '../../../test-support/images.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { addSandbox } from '../../../test-support/sandboxes.ts';
import { addSnapshot } from '../../../test-support/snapshots.ts';
import { openReadableDatabase, openWritableDatabase, type ReadableDatabase } from './connection.ts';
import { damagePageOf } from './damage-page.ts';
import { inImmediateTransaction } from './delete-rows.ts';
import { listHandles } from './handles.ts';
import type { DatabaseSnapshot, SandboxRow } from './rows.ts';
import { readSnapshot } from './snapshot.ts';

const closing: ReadableDatabase[] = [];
afterEach(() => {
  for (const database of closing.splice(0)) database.close();
});

describeWithMsb('readSnapshot', (version) => {
  it('has every row of a cache, as msb wrote them', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const snapshot = read(cache);
    const listed = listHandles(open(cache));
    expect(snapshot.references.map(({ reference }) => reference).toSorted()).toEqual(
      listed.map(({ reference }) => reference).toSorted(),
    );
    const manifests = new Map(snapshot.manifests.map((manifest) => [manifest.id, manifest]));
    const layers = new Map(snapshot.layers.map((one) => [one.id, one.diffId]));
    for (const { reference, manifestId, createdAt, updatedAt } of snapshot.references) {
      const handle = listed.find((candidate) => candidate.reference === reference);
      const manifest = manifests.get(manifestId);
      expect(handle).toMatchObject({ createdAt, lastUsedAt: updatedAt, manifestDigest: manifest?.digest });
      expect(manifest).toMatchObject({ layerCount: handle?.layerCount, totalSizeBytes: handle?.sizeBytes });
      const links = snapshot.links.filter((link) => link.manifestId === manifestId);
      expect(
        links.toSorted((a, b) => a.position - b.position).map(({ layerId }) => layers.get(layerId)),
      ).toEqual(cache.image(reference).diffIds);
    }
    expect(snapshot).toMatchObject({
      migrations: expect.objectContaining({ length: version === '0.7.2' ? 27 : 25 }),
      sandboxes: [],
      snapshots: [],
      unknownHolders: [],
      installLeaseExpiresAt: null,
      damagedRows: [],
    });
  });

  it('has sandboxes with what they need and the processes that run them', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    addSandbox(cache.home, { name: 'pinned', reference: 'alpine', status: 'Running', runPid: 4711 });
    addSandbox(cache.home, {
      name: 'booting',
      reference: 'python:3.12',
      status: 'Starting',
      withRootfs: false,
    });
    const [pinned, booting] = read(cache).sandboxes;
    expect(pinned).toMatchObject({
      name: 'pinned',
      status: 'Running',
      manifestDigests: [cache.image('alpine').manifestDigest],
      rootfsManifestIds: [expect.any(Number)],
      isReadable: true,
      runningPids: [4711],
    });
    expect(booting).toMatchObject({
      name: 'booting',
      manifestDigests: [cache.image('python:3.12').manifestDigest],
      rootfsManifestIds: [],
      isReadable: true,
      runningPids: [],
    });
  });

  it('has indexed snapshots, grouped or not', async () => {
    const cache = await makeCache({ version, images: standardImages() });
    const { path, digest } = addSnapshot(cache.home, { name: 'warm', reference: 'alpine' });
    const group = version === '0.7.2' ? 'nodes' : null;
    if (group !== null) addSnapshot(cache.home, { name: 'warm', reference: 'alpine', group });
    const snapshots = read(cache).snapshots;
    expect(snapshots[0]).toEqual({
      digest,
      name: 'warm',
      group: null,
      imageReference: 'alpine',
      imageManifestDigest: cache.image('alpine').manifestDigest,
      artifactPath: path,
    });
    expect(snapshots.slice(1).map((snapshot) => snapshot.group)).toEqual(group === null ? [] : [group]);
  });
});

describe('readSnapshot of sandboxes', () => {
  it('takes the manifests of config, active_config and sandbox_rootfs together', async () => {
    const cache = await makeCache({ images: standardImages() });
    const [python, app1, app2] = ['python:3.12', 'ghcr.io/acme/app:1', 'ghcr.io/acme/app:2'].map(
      (reference) => cache.image(reference).manifestDigest,
    );
    const id = addSandbox(cache.home, {
      name: 'a',
      reference: 'alpine',
      config: { manifest_digest: python },
      activeConfig: { manifest_digest: app1 },
    });
    const pin = `UPDATE sandbox_rootfs SET manifest_id = (SELECT id FROM manifest WHERE digest = '${app2}')`;
    change(cache, `${pin} WHERE sandbox_id = ${id}`);
    expect(sandboxOf(cache)).toMatchObject({ isReadable: true, manifestDigests: [python, app1, app2] });
  });

  it.each([
    ['Bind', { Bind: { path: '/srv/root', follow_root_symlinks: false } }],
    ['a bind path before 0.6.7', { Bind: '/srv/root' }],
    ['DiskImage', { DiskImage: { path: '/srv/root.raw', format: 'Raw', fstype: null } }],
    ['a bind root of a branch build', { type: 'bind', content: { path: '/srv/root' } }],
  ])('lets a sandbox with a root of its own (%s) hold nothing', async (_what, image) => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, {
      name: 'a',
      reference: 'alpine',
      withRootfs: false,
      config: { image, manifest_digest: null },
    });
    expect(sandboxOf(cache)).toMatchObject({ isReadable: true, manifestDigests: [] });
    expect(read(cache).damagedRows).toEqual([]);
  });

  it.each([
    ['{"name": ', 'JSON cut short'],
    ['[]', 'no object'],
    ['null', 'null'],
    ['', 'empty'],
    ['{"image":{"Oci":"alpine"}}', 'from msb 0.3, which stored no manifest'],
    ['{"image":{"Oci":{"reference":"alpine"}},"manifest_digest":null}', 'an image without a manifest'],
    ['{"image":{"Oci":{"reference":"alpine"}},"manifest_digest":["sha256:1"]}', 'a manifest that is no text'],
    ['{"image":"alpine"}', 'an image we cannot tell'],
    ['{"image":{"Bind":"/x","Oci":"alpine"}}', 'two kinds of root'],
    ['{}', 'nothing at all'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'deeply nested'],
  ])('lets a sandbox whose configuration is %j (%s) hold everything', async (config) => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, { name: 'a', reference: 'alpine', withRootfs: false, config });
    expect(sandboxOf(cache).isReadable).toBe(false);
    expect(read(cache).damagedRows).toEqual([
      { table: 'sandbox', id: 1, detail: expect.stringMatching(/does not tell/) },
    ]);
  });

  it('lets one hold everything when active_config alone cannot be read', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, { name: 'a', reference: 'alpine', activeConfig: '{' });
    expect(sandboxOf(cache)).toMatchObject({
      isReadable: false,
      manifestDigests: [cache.image('alpine').manifestDigest],
    });
  });

  it('takes the pin of sandbox_rootfs for an answer where the configuration is silent', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, {
      name: 'a',
      reference: 'alpine',
      config: '{"image":{"Oci":{"reference":"alpine"}}}',
    });
    expect(sandboxOf(cache)).toMatchObject({
      isReadable: true,
      manifestDigests: [cache.image('alpine').manifestDigest],
    });
  });

  it('reads values of any type without failing, and shows every sandbox', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, { name: 'healthy', reference: 'alpine' });
    addSandbox(cache.home, { name: 'broken', reference: 'alpine', runPid: 5 });
    change(
      cache,
      `UPDATE sandbox SET status = x'ff00', config = x'7b7d' WHERE name = 'broken';
       UPDATE sandbox_rootfs SET manifest_id = 'x' WHERE sandbox_id = 2;
       UPDATE run SET pid = 'no pid'`,
    );
    const [healthy, broken] = read(cache).sandboxes;
    expect(healthy).toMatchObject({ name: 'healthy', isReadable: true });
    expect(broken).toMatchObject({ status: `x'ff00'`, isReadable: false, runningPids: [] });
  });

  it('lets a pin whose sandbox is gone hold its manifest all the same', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, { name: 'gone', reference: 'alpine' });
    change(cache, 'DELETE FROM sandbox');
    const { unknownHolders, manifests } = read(cache);
    const alpine = manifests.find(({ digest }) => digest === cache.image('alpine').manifestDigest);
    expect(unknownHolders).toEqual([
      { table: 'sandbox_rootfs', parent: 'manifest', parentIds: [alpine?.id] },
    ]);
  });
});

describe('readSnapshot of bad rows', () => {
  it('reads NULL in every column that may be NULL', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSandbox(cache.home, { name: 'a', reference: 'alpine', runPid: 5 });
    addSnapshot(cache.home, { name: 'warm', reference: 'alpine' });
    const healthy = read(cache);
    withDatabase(cache.home, (db) => {
      const tables = ['image_ref', 'manifest', 'config', 'layer', 'sandbox_rootfs', 'run', 'snapshot_index'];
      for (const table of tables) {
        const columns = db.pragma(`table_info(${table})`) as { name: string; notnull: number; pk: number }[];
        for (const { name } of columns.filter((column) => column.notnull === 0 && column.pk === 0)) {
          db.exec(`UPDATE ${table} SET ${name} = NULL`);
        }
      }
    });
    const snapshot = read(cache);
    expect(snapshot.damagedRows).toEqual([]);
    expect(snapshot.references).toEqual(
      healthy.references.map((row) => ({ ...row, createdAt: null, updatedAt: null })),
    );
    expect(snapshot.links).toEqual(healthy.links);
    expect(snapshot.layers.every((row) => row.createdAt === null && row.compressedSizeBytes === null)).toBe(
      true,
    );
    expect(snapshot.sandboxes[0]).toMatchObject({ isReadable: true, runningPids: [] });
  });

  it('keeps every row whose values are of the wrong type, and lists what is wrong', async () => {
    const cache = await makeCache({ images: standardImages() });
    const healthy = read(cache);
    change(
      cache,
      `UPDATE image_ref SET created_at = '2026-13-01 00:00:00', updated_at = 12 WHERE id = 1;
       UPDATE image_ref SET reference = x'c3' WHERE id = 2;
       UPDATE manifest SET digest = x'00ff', total_size_bytes = -5, layer_count = 99999999999999999999 WHERE id = 1;
       UPDATE layer SET diff_id = x'aa', compressed_size_bytes = 'big', media_type = x'01' WHERE id = 1;
       UPDATE manifest_layer SET position = 'first' WHERE id = (SELECT min(id) FROM manifest_layer)`,
    );
    const snapshot = read(cache);
    for (const list of ['references', 'manifests', 'layers', 'links'] as const) {
      expect(snapshot[list]).toHaveLength(healthy[list].length);
    }
    expect(snapshot.references[0]).toMatchObject({ createdAt: null, updatedAt: null });
    expect(snapshot.manifests[0]).toMatchObject({
      digest: `x'00ff'`,
      totalSizeBytes: null,
      layerCount: null,
    });
    expect(snapshot.layers[0]).toMatchObject({ diffId: `x'aa'`, compressedSizeBytes: null, mediaType: null });
    expect(
      snapshot.damagedRows.map(({ table, id, detail }) => `${table} ${id}: ${detail}`).toSorted(),
    ).toEqual([
      'image_ref 1: created_at is not a date: "2026-13-01 00:00:00"',
      'image_ref 1: updated_at is not a date: "12"',
      'image_ref 2: reference is not plain text',
      'layer 1: compressed_size_bytes is not a size: "big"',
      'layer 1: diff_id is not plain text',
      'manifest 1: digest is not plain text',
      'manifest 1: layer_count is not a size: "100000000000000000000"',
      'manifest 1: total_size_bytes is not a size: "-5"',
      expect.stringMatching(/^manifest_layer \d+: manifest_id, layer_id or position is not a number$/),
    ]);
  });

  it('lists a reference whose manifest has no row', async () => {
    const cache = await makeCache({ images: standardImages() });
    change(cache, 'UPDATE image_ref SET manifest_id = 4242 WHERE id = 1');
    const { references, damagedRows } = read(cache);
    expect(references).toHaveLength(5);
    expect(damagedRows).toEqual([{ table: 'image_ref', id: 1, detail: 'its manifest has no row' }]);
  });

  it('lets a snapshot without a manifest digest hold everything', async () => {
    const cache = await makeCache({ images: standardImages() });
    addSnapshot(cache.home, { name: 'warm', reference: 'alpine' });
    change(cache, `UPDATE snapshot_index SET image_manifest_digest = ''`);
    expect(read(cache).snapshots).toMatchObject([{ name: 'warm', imageManifestDigest: null }]);
  });

  it('keeps ids that do not fit a number apart from rows that can be deleted', async () => {
    const cache = await makeCache({ images: standardImages() });
    change(
      cache,
      `INSERT INTO manifest (id, digest) VALUES (9223372036854775807, 'sha256:far');
       INSERT INTO image_ref (reference, manifest_id) VALUES ('far:1', 9223372036854775807)`,
    );
    const { references, manifests } = read(cache);
    const far = references.find(({ reference }) => reference === 'far:1');
    expect(manifests.find(({ id }) => id === far?.manifestId)?.digest).toBe('sha256:far');
    expect(Number.isSafeInteger(far?.manifestId)).toBe(false);
  });

  it.each(['image_ref', 'manifest', 'layer', 'manifest_layer', 'sandbox', 'snapshot_index'])(
    'reads around a damaged page of %s, and then lets an unknown holder hold everything',
    async (table) => {
      const cache = await makeCache({ images: standardImages() });
      const rows = fill(cache, table);
      damagePageOf(cache.databaseFile, table);
      const { unknownHolders, damagedRows, ...snapshot } = read(cache);
      expect(unknownHolders).toContainEqual({
        table: `${table} (partly unreadable)`,
        parent: 'manifest',
        parentIds: null,
      });
      expect(damagedRows).toContainEqual({ table, id: null, detail: expect.stringMatching(/damaged part/) });
      const found = rowsOf(snapshot, table);
      expect(found).toBeLessThan(rows);
      expect(found).toBeGreaterThan(rows / 2);
    },
  );
});

describe('readSnapshot', () => {
  it('tells a migration or installation that is under way from one that has ended', async () => {
    const cache = await makeCache();
    const now = Date.now();
    const set = (text: string | null) =>
      withDatabase(cache.home, (db) => {
        db.prepare(`DELETE FROM maintenance_lease`).run();
        if (text !== null)
          insertRow(db, 'maintenance_lease', { name: 'install_exclusive', lease_expires_at: text });
      });
    const lease = () => readSnapshot(open(cache), now).installLeaseExpiresAt;
    set(null);
    expect(lease()).toBeNull();
    set(msbTime(new Date(now - 1)));
    expect(lease()).toBeNull();
    const later = new Date(now + 60_000);
    set(msbTime(later));
    expect(Date.parse(lease() ?? '')).toBe(later.getTime());
    set('some day');
    expect(lease()).toBe('some day');
    withDatabase(cache.home, (db) =>
      db.exec(`UPDATE maintenance_lease SET name = 'sandbox_lifecycle_maintenance'`),
    );
    expect(lease()).toBeNull();
  });

  it('sees one instant, whatever other processes commit meanwhile', async () => {
    const cache = await makeCache({ images: standardImages() });
    const database = openWritableDatabase(cache.databaseFile);
    closing.push(database);
    const before = readSnapshot(database);
    const inside = database.inReadTransaction(() => {
      listHandles(database);
      change(cache, 'DELETE FROM image_ref');
      return readSnapshot(database);
    });
    expect(inside.references).toEqual(before.references);
    expect(readSnapshot(database).references).toEqual([]);
  });

  it('is part of the write transaction that is open', async () => {
    const cache = await makeCache({ images: standardImages() });
    const database = openWritableDatabase(cache.databaseFile);
    closing.push(database);
    const counted = inImmediateTransaction(database, () => {
      database.change('DELETE FROM image_ref WHERE id = 1');
      return readSnapshot(database).references.length;
    });
    expect(counted).toBe(4);
  });
});

function open({ databaseFile }: TestCache): ReadableDatabase {
  const database = openReadableDatabase(databaseFile);
  closing.push(database);
  return database;
}

function read(cache: TestCache): DatabaseSnapshot {
  return readSnapshot(open(cache));
}

function sandboxOf(cache: TestCache): SandboxRow {
  const [sandbox, ...others] = read(cache).sandboxes;
  expect(others).toEqual([]);
  return sandbox!;
}

/** Damages a cache: foreign keys and checks off. */
function change({ databaseFile }: TestCache, sql: string): void {
  const database = new Database(databaseFile);
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  database.exec(sql);
  database.close();
}

const FILLED = 2000;

/** Copies of a row, until the table has many pages. Answers how many rows there are. */
function fill({ home }: TestCache, table: string): number {
  return withDatabase(home, (db) => {
    const manifestId = db.prepare('SELECT id FROM manifest').pluck().get() as number;
    const layerId = db.prepare('SELECT id FROM layer').pluck().get() as number;
    const time = msbTime(new Date(0));
    const rows: Record<string, (i: number) => Record<string, string | number | null>> = {
      image_ref: (i) => ({
        reference: `filled:${i}`,
        manifest_id: manifestId,
        created_at: time,
        updated_at: time,
      }),
      manifest: (i) => ({ digest: `sha256:${i}`, layer_count: 0, created_at: time }),
      layer: (i) => ({
        diff_id: `sha256:${i}`,
        blob_digest: 'sha256:b',
        created_at: time,
        last_used_at: time,
      }),
      manifest_layer: (i) => ({ manifest_id: manifestId, layer_id: layerId, position: i + 100 }),
      sandbox: (i) => ({ name: `s${i}`, config: '{"image":{"Bind":"/"}}', status: 'Stopped', ephemeral: 0 }),
      snapshot_index: (i) => ({
        digest: `sha256:${i}`,
        image_ref: 'alpine',
        image_manifest_digest: 'sha256:m',
        artifact_path: `/snapshots/${i}`,
        scope: 'disk',
        state_kind: 'disk',
        created_at: time,
        indexed_at: time,
      }),
    };
    const insert = db.transaction(() => {
      for (let i = 0; i < FILLED; i++) insertRow(db, table, rows[table]!(i));
    });
    insert();
    return db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  });
}

function rowsOf(snapshot: Omit<DatabaseSnapshot, 'unknownHolders' | 'damagedRows'>, table: string): number {
  const lists: Record<string, readonly unknown[]> = {
    image_ref: snapshot.references,
    manifest: snapshot.manifests,
    layer: snapshot.layers,
    manifest_layer: snapshot.links,
    sandbox: snapshot.sandboxes,
    snapshot_index: snapshot.snapshots,
  };
  return lists[table]!.length;
}
