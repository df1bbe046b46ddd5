import type { ServerMessage } from '../../src-shared/ipc/contract.ts';

/** From the main thread to the engine's worker. `client` numbers are never used twice. */
export type ToEngine =
  /** `input` is JSON text. */
  | {
      readonly kind: 'start';
      readonly client: number;
      readonly id: number;
      readonly call: string;
      readonly input: string;
    }
  | { readonly kind: 'cancel'; readonly client: number; readonly id: number }
  | { readonly kind: 'disconnect'; readonly client: number }
  /** Stop safely, then exit. */
  | { readonly kind: 'close' };

/** From the engine's worker: one line of one call. */
export interface FromEngine {
  readonly client: number;
  readonly message: ServerMessage;
}
