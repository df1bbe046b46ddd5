import type { Plan, PlanAction } from '../../../src-shared/domain/plan.ts';
import type { Settings } from '../../../src-shared/domain/settings.ts';
import type { CacheError } from '../../../src-shared/ipc/cache-error.ts';
import type { CallName, InputOf, ItemOf, ValueOf } from '../../../src-shared/ipc/contract.ts';
import { CacheFailure, createEngine, type Engine } from '../index.ts';
import { chooseSettings, FREEING } from '../settings/chosen.fixture.ts';

/** What a call came to. A failure that is no `CacheFailure` would reach a person as `internal`: it is thrown. */
export type Outcome<Value = unknown> = Value | { readonly refused: CacheError };

/** One engine on a home that may be anything, with the checks every hostile test makes. */
export class HostileClient {
  readonly #engine: Engine;

  /**
   * @param scratch A directory of the test's own, empty or with settings.
   * @param settings What is chosen unless `scratch` has settings; null leaves it as it is.
   */
  constructor(
    home: string,
    scratch: string,
    { graceMs, settings = FREEING }: { graceMs?: number; settings?: Partial<Settings> | null } = {},
  ) {
    if (settings !== null) chooseSettings(scratch, settings);
    this.#engine = createEngine({
      homeOption: home,
      startWithSample: false,
      env: {},
      userHome: scratch,
      sampleArchive: `${scratch}/no-sample`,
      scratchDir: scratch,
      dataDir: scratch,
      ...(graceMs === undefined ? {} : { graceMs }),
    });
  }

  async call<Name extends CallName>(
    name: Name,
    input: InputOf<Name>,
    emit: (item: ItemOf<Name>) => void = () => {},
  ): Promise<ValueOf<Name>> {
    const context = { signal: new AbortController().signal, emit };
    try {
      return await this.#engine.handlers[name](input, context);
    } catch (error) {
      if (!(error instanceof CacheFailure)) throw new Error(`${name} has a defect`, { cause: error });
      refuseRawText(name, error.error);
      throw error;
    }
  }

  async outcome<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<Outcome<ValueOf<Name>>> {
    try {
      return await this.call(name, input);
    } catch (error) {
      if (error instanceof CacheFailure) return { refused: error.error };
      throw error;
    }
  }

  async failure<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<CacheError> {
    const outcome = await this.outcome(name, input);
    if (isRefused(outcome)) return outcome.refused;
    throw new Error(`${name} did not fail`);
  }

  plan(action: PlanAction): Promise<Plan> {
    return this.call('cache.plan', { action: action as InputOf<'cache.plan'>['action'] });
  }

  close(): void {
    this.#engine.close();
  }
}

/** Calls whose input says nothing about what is in the cache. */
const OVERVIEW = ['home.get', 'images.list', 'images.facts', 'layers.list', 'cache.usage'] as const;

/** By call: everything a person can look at, each call made once, for every image that is listed. */
export async function lookAtEverything(client: HostileClient): Promise<ReadonlyMap<string, Outcome>> {
  const seen = new Map<string, Outcome>();
  for (const name of OVERVIEW) seen.set(name, await client.outcome(name, {}));
  for (const kind of ['gc', 'gcLayers'] as const)
    seen.set(`plan ${kind}`, await client.outcome('cache.plan', { action: { kind } }));
  const prune = { kind: 'prune' as const, policy: {} };
  seen.set('plan prune', await client.outcome('cache.plan', { action: prune }));
  const listed = await client.outcome('images.list', {});
  if (isRefused(listed)) return seen;
  for (const { reference } of listed) {
    seen.set(`get ${reference}`, await client.outcome('images.get', { reference }));
    seen.set(`inspect ${reference}`, await client.outcome('images.inspect', { reference }));
    seen.set(`list ${reference}`, await client.outcome('files.list', { reference, path: '/' }));
    const remove = { kind: 'remove' as const, reference, force: true };
    seen.set(`plan remove ${reference}`, await client.outcome('cache.plan', { action: remove }));
  }
  return seen;
}

/** What was refused, by call. */
export function refusals(seen: ReadonlyMap<string, Outcome>): Readonly<Record<string, CacheError>> {
  const entries = [...seen].flatMap(([name, outcome]) =>
    isRefused(outcome) ? [[name, outcome.refused] as const] : [],
  );
  return Object.fromEntries(entries);
}

export function isRefused(outcome: unknown): outcome is { readonly refused: CacheError } {
  return typeof outcome === 'object' && outcome !== null && 'refused' in outcome;
}

/** SQL, stack traces and `[object Object]` are not words for a person. */
const RAW = /\b(?:SELECT|INSERT|DELETE|PRAGMA|FROM \w+ \w)\b|\bat .+:\d+:\d+|\[object |undefined|node:/;

function refuseRawText(name: string, error: CacheError): void {
  if (error.code === 'internal' || RAW.test(JSON.stringify(error)))
    throw new Error(`${name} says ${JSON.stringify(error)}`);
}
