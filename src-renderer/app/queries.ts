import { QueryClient, type QueryFunctionContext, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { HomeState } from '../../src-shared/domain/home.ts';
import type { ImageFacts, ImageHandle, ImageInspection } from '../../src-shared/domain/image.ts';
import type { LayerSummary } from '../../src-shared/domain/layer.ts';
import type { Plan } from '../../src-shared/domain/plan.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import type { CallName, InputOf, ValueOf } from '../../src-shared/ipc/contract.ts';
import { CallFailure, type Client, unwrap } from '../client.ts';
import { useClient } from './client-context.ts';
import { hasVanished, noteHome } from './vanished.ts';

type QueryOf<Value> = UseQueryResult<Value, CallFailure>;

/** Nothing goes stale by time: app/live.ts invalidates everything when the cache changes. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Without this React Query waits for the internet, which a call to our own engine never needs.
        networkMode: 'always',
        retry: false,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** Calls whose answers are too long to compare field by field after every change. */
const LONG_ANSWERS: ReadonlySet<CallName> = new Set<CallName>([
  'images.list',
  'images.facts',
  'layers.list',
  'files.list',
  'files.search',
  'files.read',
  'files.efficiency',
]);

/** A call that only reads, as a query. A null input asks nothing yet. Its error is a `CallFailure`. */
export function useCall<Name extends CallName>(
  name: Name,
  input: InputOf<Name> | null,
): QueryOf<ValueOf<Name>> {
  const client = useClient();
  return useQuery<ValueOf<Name>, CallFailure>({
    ...queryOf(client, name, input),
    enabled: input !== null,
    structuralSharing: !LONG_ANSWERS.has(name),
  });
}

function queryOf<Name extends CallName>(client: Client, name: Name, input: InputOf<Name> | null) {
  return {
    queryKey: [name, input],
    queryFn: async ({ signal, client: queries }: QueryFunctionContext): Promise<ValueOf<Name>> => {
      if (OF_THE_CACHE.test(name)) refuseIfVanished(queries.getQueryData<HomeState>(HOME_KEY));
      const value = unwrap(await client.call(name, input as InputOf<Name>, { signal }));
      if (name === 'home.get') noteHome(value as HomeState);
      return name === LIST_KEY[0] ? unlessVanished(client, queries, value) : value;
    },
  };
}

/** Nothing is in a cache that is away: an empty answer would take the place of what was there and will be again. */
function refuseIfVanished(home: HomeState | undefined): void {
  if (hasVanished(home)) throw new CallFailure({ code: 'cache-missing', path: home!.home });
}

/** A list that was asked for together with `home.get`; the one before where that says that the cache has gone. */
async function unlessVanished<List>(client: Client, queries: QueryClient, list: List): Promise<List> {
  const home = await queries.fetchQuery(queryOf(client, 'home.get', NOTHING)).catch(() => undefined);
  const before = hasVanished(home) ? queries.getQueryData<List>(LIST_KEY) : list;
  if (before === undefined) refuseIfVanished(home);
  return before ?? list;
}

/** Asks for what the first rows need before anything of the interface is there to ask for it. */
export function askForFirstRows(client: Client, queries: QueryClient): void {
  void queries.prefetchQuery(queryOf(client, 'home.get', NOTHING));
  void queries.prefetchQuery(queryOf(client, 'images.list', NOTHING));
}

const NOTHING = {};
const HOME_KEY: readonly unknown[] = ['home.get', NOTHING];
const LIST_KEY: readonly unknown[] = ['images.list', NOTHING];
const READ_FIRST: ReadonlySet<unknown> = new Set([HOME_KEY[0], LIST_KEY[0]]);
const OF_THE_CACHE = /^(?:images|cache|layers|files|undo|health)\./;

/** Reads everything anew that the interface shows. */
export async function readAgain(queries: QueryClient): Promise<void> {
  await readListAgain(queries);
  await readRestAgain(queries);
}

/**
 * Reads `home.get` and the list of images anew: rows only, answered at once. Both are asked for together, for in between
 * the engine might begin something that takes long.
 */
export async function readListAgain(queries: QueryClient): Promise<void> {
  const home = queries.invalidateQueries({ queryKey: HOME_KEY });
  // Of a cache that is away it is read when that is back.
  if (hasVanished(queries.getQueryData<HomeState>(HOME_KEY))) {
    await home;
    if (hasVanished(queries.getQueryData<HomeState>(HOME_KEY))) return;
  }
  await Promise.all([home, queries.invalidateQueries({ queryKey: LIST_KEY })]);
}

/** Reads everything else anew, which may keep the engine busy for a second where there are ten thousand images. */
export async function readRestAgain(queries: QueryClient): Promise<void> {
  if (hasVanished(queries.getQueryData<HomeState>(HOME_KEY))) return;
  await queries.invalidateQueries({ predicate: ({ queryKey }) => !READ_FIRST.has(queryKey[0]) });
}

export function useHome(): QueryOf<HomeState> {
  return useCall('home.get', NOTHING);
}

/** The homes shown last in any window, without the one that is open; none until they are known. */
export function useRecentHomes(): readonly string[] {
  const recent = useCall('home.recent', NOTHING).data;
  const open = useHome().data?.home;
  return useMemo(() => recent?.filter((one) => one !== open) ?? [], [recent, open]);
}

/** Every handle, newest first. */
export function useImages(): QueryOf<readonly ImageHandle[]> {
  return useCall('images.list', NOTHING);
}

/** Sizes on disk, holders and damage, in the order of `useImages`; later than the handles. */
export function useFacts(): QueryOf<readonly ImageFacts[]> {
  return useCall('images.facts', NOTHING);
}

export function useUsage(): QueryOf<Usage> {
  return useCall('cache.usage', NOTHING);
}

/** @param isWanted false asks nothing yet */
export function useLayers(isWanted = true): QueryOf<readonly LayerSummary[]> {
  return useCall('layers.list', isWanted ? NOTHING : null);
}

export function useInspection(reference: string | null): QueryOf<ImageInspection> {
  return useCall('images.inspect', reference === null ? null : { reference });
}

/** What an action would do now. Asked again whenever the cache changes. */
export function usePlan(action: InputOf<'cache.plan'>['action'] | null): QueryOf<Plan> {
  return useCall('cache.plan', action === null ? null : { action });
}
