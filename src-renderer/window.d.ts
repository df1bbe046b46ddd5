import type { StrataBridge } from '../src-shared/ipc/bridge.ts';

declare global {
  interface Window {
    /** The preload bridge; absent in a browser. */
    readonly strata?: StrataBridge;
  }
}
