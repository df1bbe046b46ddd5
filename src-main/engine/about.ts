import type { EngineVersions } from '../../src-shared/domain/versions.ts';
import { sqliteVersion } from './database/index.ts';

/** What the engine runs on. */
export function engineVersions(): EngineVersions {
  return {
    node: process.versions.node,
    sqlite: sqliteVersion(),
    system: `${process.platform} ${process.arch}`,
  };
}
