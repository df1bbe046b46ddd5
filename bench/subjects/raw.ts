import { readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { answer, type Job, readJob, repeated, timed, touchRow } from './job.ts';

// The lower bound: the same rows and files with nothing asked, checked or protected.

const job = readJob();
const database = new Database(join(job.home, 'db', 'msb.db'));
database.pragma('foreign_keys = ON');

const LIST = `SELECT r.reference, r.created_at, r.updated_at, m.digest, m.architecture, m.os, m.layer_count,
  m.total_size_bytes FROM image_ref r JOIN manifest m ON m.id = r.manifest_id ORDER BY r.created_at DESC, r.id`;
const HANDLE = `SELECT r.*, m.*, c.* FROM image_ref r JOIN manifest m ON m.id = r.manifest_id
  LEFT JOIN config c ON c.manifest_id = m.id WHERE r.reference = ?`;
const LAYERS = `SELECT l.*, k.position FROM image_ref r JOIN manifest_layer k ON k.manifest_id = r.manifest_id
  JOIN layer l ON l.id = k.layer_id WHERE r.reference = ? ORDER BY k.position`;

const TASKS: Readonly<Record<Job['task'], () => Promise<Parameters<typeof answer>[0]>>> = {
  list: async () => {
    const list = database.prepare(LIST);
    return {
      ms: await repeated(
        job,
        () => list.all(),
        (turn) => touchRow(job, turn),
      ),
    };
  },
  'list-again': async () => {
    const list = database.prepare(LIST);
    return { ms: await repeated(job, () => list.all()) };
  },
  inspect: async () => {
    const [handle, layers] = [database.prepare(HANDLE), database.prepare(LAYERS)];
    const work = (turn: number) => {
      const reference = job.references[turn % job.references.length]!;
      return [handle.get(reference), layers.all(reference)];
    };
    return { ms: await repeated(job, work) };
  },
  inventory: () => Promise.reject(new Error('no lower bound for the inventory')),
  // Node and the driver with the database open: what every program of this kind starts from.
  idle: async () => ({ ms: await repeated(job, () => database.prepare('SELECT 1').get()) }),
  prune: async () => {
    const sqlMs = await timed(deleteRows);
    const files = ['layers', 'fsmeta', 'vmdk', 'manifests'].flatMap((folder) => filesIn(folder));
    const unlinkMs = await timed(() => {
      for (const file of files) unlinkSync(file);
    });
    return { ms: [sqlMs + unlinkMs], facts: { sqlMs, unlinkMs, files: files.length } };
  },
  'prune-cold': () => TASKS.prune(),
  remove: () => Promise.reject(new Error('no lower bound for a removal')),
};

function deleteRows(): void {
  const work = database.transaction(() => {
    for (const table of ['image_ref', 'manifest', 'layer']) database.exec(`DELETE FROM ${table}`);
  });
  work.immediate();
}

/** Without lock files: those must stay. */
function filesIn(folder: string): readonly string[] {
  const directory = join(job.home, 'cache', folder);
  const names = readdirSync(directory).filter((name) => !name.endsWith('.lock'));
  return names.map((name) => join(directory, name));
}

answer(await TASKS[job.task]());
