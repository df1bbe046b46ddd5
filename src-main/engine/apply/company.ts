import { setTimeout as delay } from 'node:timers/promises';
import type { HomePaths } from '../home/paths.ts';
import {
  isOpenElsewhere,
  isSameProcess,
  isStillThere,
  lastProcessId,
  listMsbProcesses,
  type MsbProcess,
} from '../store/msb-processes.ts';

/**
 * Who else is at work on the cache while a removal sets files aside.
 *
 * Why it matters: a pull or load that finds everything cached holds no lock. It looks, works for a moment, and only
 * then writes the metadata anew and the rows: in between it needs files that nothing seems to need. An `msb` that runs
 * now has passed that moment when it has ended; one that begins after a file is gone never counts on it.
 */
export class Company {
  readonly #paths: HomePaths;
  readonly #signal: AbortSignal;
  #known: readonly MsbProcess[] = [];
  #isAlone = false;
  /** As of the last time nobody had come. */
  #lastProcessId: string | null = null;

  constructor(paths: HomePaths, signal: AbortSignal) {
    this.#paths = paths;
    this.#signal = signal;
  }

  /** True when the last wait ended with certainty: nobody who could be at work on the cache was left. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /**
   * Waits until whoever had found an image in the cache before now has said so, in files, locks or rows. Returns at
   * once when nobody is there. Where we cannot tell who is there or what they do, half a second must do, ten times what
   * the moment takes on an idle machine. Commands that do not end within seconds are company still.
   *
   * @param atLeastMs In place of that half second.
   */
  async leaves(atLeastMs = AT_LEAST_MS): Promise<void> {
    const found = listMsbProcesses(this.#paths);
    const awaited = (found ?? []).filter((process) => !isSettled(process));
    const isCertain =
      found !== null && awaited.length === found.length && isOpenElsewhere(this.#paths, found) === false;
    await Promise.all([isCertain ? null : this.#pause(atLeastMs), this.#waitFor(awaited)]);
    const left = (found ?? []).filter(isStillThere);
    this.#known = left.filter(({ servesSandbox }) => servesSandbox);
    this.#lastProcessId = null;
    this.#isAlone = isCertain && left.length === 0;
  }

  /** True while an `msb` is there that may count on what is set aside: one that did not end, or that has come since. */
  hasCome(): boolean {
    // Looking at every process takes milliseconds, and is asked for every few hundred files.
    const last = lastProcessId();
    if (last !== null && last === this.#lastProcessId) return false;
    const here = listMsbProcesses(this.#paths) ?? [];
    const hasCome = here.some((process) => !this.#known.some((known) => isSameProcess(process, known)));
    this.#lastProcessId = hasCome ? null : last;
    return hasCome;
  }

  async #waitFor(processes: readonly MsbProcess[]): Promise<void> {
    const endMs = performance.now() + AT_MOST_MS;
    while (!this.#signal.aborted && performance.now() < endMs && processes.some(isStillThere))
      await this.#pause(LOOK_EVERY_MS);
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}

const AT_LEAST_MS = 500;
const AT_MOST_MS = 5000;
/** Where commands follow one another, the time between two of them is what there is. */
const LOOK_EVERY_MS = 3;
/** What serves a sandbox has made it by then. */
const YOUNG_MS = 60_000;

function isSettled({ servesSandbox, startedMs }: MsbProcess): boolean {
  return servesSandbox && Date.now() - startedMs >= YOUNG_MS;
}
