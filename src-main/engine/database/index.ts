export { changeCounter } from './change-counter.ts';
export {
  openReadableDatabase,
  openWritableDatabase,
  type ReadableDatabase,
  sqliteVersion,
  type WritableDatabase,
} from './connection.ts';
export {
  type DeletedRows,
  deleteRows,
  inImmediateTransaction,
  type RowsToDelete,
} from './delete-rows.ts';
export { listHandles, readHandle } from './handles.ts';
export {
  type ConfigRow,
  type ImageLayerRow,
  readConfigRow,
  readImageLayers,
} from './image-rows.ts';
export { KeptLabels } from './kept-labels.ts';
export { KeptRows, type ReadRows } from './kept-rows.ts';
export { msbVersionsOf } from './migrations.ts';
export { readSchema } from './schema.ts';
export { findUnfinishedDowngrade } from './self-downgrade.ts';
export { EMPTY_SNAPSHOT, readInstallLeaseExpiry, readSnapshot } from './snapshot.ts';
