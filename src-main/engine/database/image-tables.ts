import type { RawRow } from './connection.ts';
import { KeptTable, type RowChange } from './kept-table.ts';
import type { DatabaseSnapshot, LayerRow, LinkRow, ManifestRow, ReferenceRow } from './rows.ts';
import type { TableReader } from './table-reader.ts';
import { toRfc3339 } from './timestamp.ts';
import { count, isPlainName, nameOf, rowId, text } from './values.ts';

/** The rows of which there may be a hundred thousand. */
export type ImageRows = Pick<DatabaseSnapshot, 'references' | 'manifests' | 'layers' | 'links'>;

export interface ImageRowChanges {
  readonly references: RowChange<ReferenceRow>;
  readonly manifests: RowChange<ManifestRow>;
  readonly layers: RowChange<LayerRow>;
  readonly links: RowChange<LinkRow>;
}

export class ImageTables {
  #manifestIds: ReadonlySet<number> = new Set();
  readonly #manifests = new KeptTable({ ...MANIFESTS, make: manifestRow });
  readonly #references = new KeptTable({
    ...REFERENCES,
    make: (row, reader) => referenceRow(row, reader, this.#manifestIds),
  });
  readonly #layers = new KeptTable({ ...LAYERS, make: layerRow });
  readonly #links = new KeptTable({ ...LINKS, make: linkRow });

  readWhole(reader: TableReader): ImageRows {
    const manifests = this.#manifests.readWhole(reader);
    this.#manifestIds = idsOf(manifests);
    return {
      manifests,
      references: this.#references.readWhole(reader),
      layers: this.#layers.readWhole(reader),
      links: this.#links.readWhole(reader).filter(isWhole),
    };
  }

  /** See `KeptTable.locate`. */
  locate(reader: TableReader): boolean {
    return this.#tables().every((table) => table.locate(reader.database));
  }

  /** See `KeptTable.follow`: null, too, when something is wrong with what was read. */
  follow(
    reader: TableReader,
    written: ReadonlySet<number>,
  ): { readonly rows: ImageRows; readonly changes: ImageRowChanges } | null {
    const before = this.#manifests.rows;
    const manifests = this.#manifests.follow(reader, written);
    if (this.#manifests.rows !== before) this.#manifestIds = idsOf(this.#manifests.rows);
    const references = this.#references.follow(reader, written);
    const layers = this.#layers.follow(reader, written);
    const links = this.#links.follow(reader, written);
    if (manifests === null || references === null || layers === null || links === null) return null;
    const hasLost = this.#references.rows.some(({ manifestId }) => !this.#manifestIds.has(manifestId));
    if (hasLost || reader.damagedRows.length > 0) return null;
    const rows = {
      manifests: this.#manifests.rows,
      references: this.#references.rows,
      layers: this.#layers.rows,
      links: this.#links.rows,
    };
    return { rows, changes: { manifests, references, layers, links } };
  }

  #tables() {
    return [this.#manifests, this.#references, this.#layers, this.#links];
  }
}

const MANIFESTS = {
  table: 'manifest',
  name: 'digest',
  columns: [
    'digest',
    'config_digest',
    'architecture',
    'os',
    'variant',
    'layer_count',
    'total_size_bytes',
    'created_at',
  ],
};
const REFERENCES = {
  table: 'image_ref',
  name: 'reference',
  columns: ['reference', 'manifest_id', 'created_at', 'updated_at'],
};
const LAYERS = {
  table: 'layer',
  name: 'diff_id',
  columns: ['diff_id', 'blob_digest', 'media_type', 'compressed_size_bytes', 'created_at', 'last_used_at'],
};
const LINKS = { table: 'manifest_layer', columns: ['manifest_id', 'layer_id', 'position'] };

function idsOf(rows: readonly ManifestRow[]): ReadonlySet<number> {
  return new Set(rows.map(({ id }) => id));
}

function referenceRow(row: RawRow, reader: TableReader, manifestIds: ReadonlySet<number>): ReferenceRow {
  const [id, reference, manifestId, createdAt, updatedAt] = row;
  noteName(reader, 'image_ref', id, 'reference', reference);
  const target = rowId(manifestId) ?? Number.NaN;
  if (!manifestIds.has(target)) reader.note('image_ref', id, 'its manifest has no row');
  return {
    id: id as number,
    reference: nameOf(reference),
    manifestId: target,
    createdAt: time(reader, 'image_ref', id, 'created_at', createdAt),
    updatedAt: time(reader, 'image_ref', id, 'updated_at', updatedAt),
  };
}

function manifestRow(row: RawRow, reader: TableReader): ManifestRow {
  const [id, digest, configDigest, architecture, os, variant, layers, totalSize, createdAt] = row;
  noteName(reader, 'manifest', id, 'digest', digest);
  return {
    id: id as number,
    digest: nameOf(digest),
    configDigest: text(configDigest),
    architecture: text(architecture),
    os: text(os),
    variant: text(variant),
    layerCount: number(reader, 'manifest', id, 'layer_count', layers),
    totalSizeBytes: number(reader, 'manifest', id, 'total_size_bytes', totalSize),
    createdAt: time(reader, 'manifest', id, 'created_at', createdAt),
  };
}

function layerRow(row: RawRow, reader: TableReader): LayerRow {
  const [id, diffId, blobDigest, mediaType, compressedSize, createdAt, lastUsedAt] = row;
  noteName(reader, 'layer', id, 'diff_id', diffId);
  return {
    id: id as number,
    diffId: nameOf(diffId),
    blobDigest: nameOf(blobDigest),
    mediaType: text(mediaType),
    compressedSizeBytes: number(reader, 'layer', id, 'compressed_size_bytes', compressedSize),
    createdAt: time(reader, 'layer', id, 'created_at', createdAt),
    lastUsedAt: time(reader, 'layer', id, 'last_used_at', lastUsedAt),
  };
}

/** NaN stands for what is no row id: such a link is left out. */
function linkRow([id, ...values]: RawRow, reader: TableReader): LinkRow {
  const [manifestId, layerId, position] = [rowId(values[0]), rowId(values[1]), count(values[2])];
  if (manifestId === null || layerId === null || position === null) {
    reader.note('manifest_layer', id, 'manifest_id, layer_id or position is not a number');
  }
  // The layer is needed wherever it stands in the image.
  return {
    manifestId: manifestId ?? Number.NaN,
    layerId: layerId ?? Number.NaN,
    position: position ?? -1,
  };
}

function isWhole({ manifestId, layerId }: LinkRow): boolean {
  return !Number.isNaN(manifestId) && !Number.isNaN(layerId);
}

function noteName(reader: TableReader, table: string, id: unknown, column: string, value: unknown): void {
  if (!isPlainName(value)) reader.note(table, id, `${column} is not plain text`);
}

function number(
  reader: TableReader,
  table: string,
  id: unknown,
  column: string,
  value: unknown,
): number | null {
  const valid = count(value);
  if (valid === null && value !== null) reader.note(table, id, `${column} is not a size: ${brief(value)}`);
  return valid;
}

function time(
  reader: TableReader,
  table: string,
  id: unknown,
  column: string,
  value: unknown,
): string | null {
  const valid = toRfc3339(value);
  if (valid === null && value !== null) reader.note(table, id, `${column} is not a date: ${brief(value)}`);
  return valid;
}

function brief(value: unknown): string {
  return JSON.stringify(nameOf(value).slice(0, 60));
}
