import type { StrataBridge } from '../src-shared/ipc/bridge.ts';

declare global {
  /** The version in package.json, put in by the build. */
  const STRATA_VERSION: string;

  interface Window {
    /** The preload bridge; absent in a browser. */
    readonly strata?: StrataBridge;
  }
}
