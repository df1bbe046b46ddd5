import { setImmediate } from 'node:timers/promises';

/** How long a long computation may keep others waiting. */
const SLICE_MS = 10;
/** Looking at the clock costs more than a step of most loops. */
const STEPS_PER_LOOK = 64;

/**
 * Lets a long computation give way to others about every 10 ms, and end when it is no longer wanted:
 * `if (pacer.isDue()) await pacer.rest();`
 */
export class Pacer {
  readonly #signal: AbortSignal | undefined;
  #steps = 0;
  #since = performance.now();

  constructor(signal?: AbortSignal) {
    signal?.throwIfAborted();
    this.#signal = signal;
  }

  /** Call it once per step of a few microseconds. */
  isDue(): boolean {
    this.#steps += 1;
    return this.#steps % STEPS_PER_LOOK === 0 && this.isLate();
  }

  /** The same for steps that take long themselves. */
  isLate(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** @throws the signal's reason once it is aborted. */
  async rest(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
