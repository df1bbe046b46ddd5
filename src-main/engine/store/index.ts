/** Reads the cache directory. Knows nothing of the database, and changes nothing but the locks it is asked to take. */
export { resolveCacheDir } from './cache-dir.ts';
export { LockSigns } from './lock-signs.ts';
export {
  canProbeLocks,
  type HeldLock,
  isSandboxRunning,
  type LockOptions,
  probeLock,
  readLockState,
  tryLockExclusive,
} from './locks.ts';
export { type MetadataDocument, readMetadata } from './metadata.ts';
export {
  classify,
  FOLDERS,
  flatDiskPath,
  flatLockPath,
  flatRefPath,
  fsmetaLockPath,
  fsmetaPath,
  JOURNAL,
  layerLockPath,
  layerPath,
  metadataLockPath,
  metadataPath,
  OWN_FOLDER,
  referenceKey,
  type TemporarySuffix,
  temporaryPath,
  vmdkPath,
} from './names.ts';
export { measureOutsideDisks } from './outside-disks.ts';
export { isProcessAlive } from './processes.ts';
export { parseRawConfig, type RawConfig } from './raw-config.ts';
export {
  createStoreReader,
  type ReadOptions,
  type ScanOptions,
  type StoreReader,
  scanStore,
} from './scan.ts';
export { readSnapshotArtifact, scanSnapshots } from './snapshot-artifacts.ts';
export { measureTree, type TreeSize, walkTree } from './tree-size.ts';
export { movedFrom, readVmdk, readVmdkLayers, type VmdkDescriptor } from './vmdk.ts';
