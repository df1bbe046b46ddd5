import type { Handlers } from '../../src-shared/ipc/contract.ts';
import { engineVersions } from './about.ts';
import { freeSpace } from './apply/apply.ts';
import { healthHandlers } from './health/handlers.ts';
import { impactOf } from './impact/impact.ts';
import { inspectImage, requireHandle } from './inspect.ts';
import { allFacts, summarizeLayer } from './inventory/facts.ts';
import type { Inventory } from './inventory/inventory.ts';
import { prepareUsage, summarizeUsage } from './inventory/usage.ts';
import { detailUsage } from './inventory/usage-detail.ts';
import { keepingHandlers } from './keeping-handlers.ts';
import type { Session } from './session.ts';
import { measureOutsideDisks } from './store/index.ts';
import { treeHandlers } from './tree-handlers.ts';
import { giveWay } from './turn.ts';
import { watchCache } from './watch.ts';

/** The engine's side of the contract. Inputs have passed their schemas. */
export function createHandlers(session: Session): Handlers {
  return {
    'home.get': async () => {
      await session.ready();
      return session.state();
    },
    'home.open': async ({ path }) => {
      await session.settled();
      session.open(path);
      return session.state();
    },
    'home.openSample': async () => {
      await session.openSample();
      return session.state();
    },
    'images.list': async () => {
      await session.ready();
      return session.handles();
    },
    'images.facts': async () => {
      await session.ready();
      return allFacts(session.inventory(), session.labels());
    },
    'images.get': async ({ reference }) => {
      await session.ready();
      return requireHandle(session.database(), reference);
    },
    'images.inspect': async ({ reference }) => {
      await session.ready();
      return inspectImage(session, reference);
    },
    'images.remove': async ({ planId, undoMinutes, ...selection }, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'remove', ...selection }, { planId, undoMinutes }, signal, emit);
    },
    'cache.gcLayers': async (how, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'gcLayers' }, how, signal, emit);
    },
    'cache.gc': async (how, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'gc' }, how, signal, emit);
    },
    'cache.prune': async ({ policy, ...how }, { signal, emit }) => {
      await session.ready();
      return session.apply({ kind: 'prune', policy }, how, signal, emit);
    },
    'cache.plan': async ({ action }) => {
      await session.ready();
      return session.plan(action);
    },
    'cache.usage': async (_, { signal }) => {
      await session.ready();
      const { pins } = session.settings.get().settings;
      const inventory = await inventoryWithUsage(session, pins, signal);
      const usage = summarizeUsage(
        inventory,
        measureOutsideDisks(session.paths, inventory.database, inventory.store),
        freeSpace(session.paths.cacheDir),
        pins,
      );
      if (inventory.store.exists) session.usageLog.record(session.paths.home, usage, Date.now());
      return usage;
    },
    'cache.usageDetail': async () => {
      await session.ready();
      return detailUsage(session.inventory(), session.paths.cacheDir);
    },
    'images.impact': async (input) => {
      await session.ready();
      return impactOf(session, input);
    },
    'cache.watch': async ({ since }, { signal, emit }) => {
      await session.ready();
      await watchCache(session, since ?? null, signal, emit);
      return null;
    },
    'layers.list': async () => {
      await session.ready();
      const layers = [...session.inventory().layers.values()].filter(
        (layer) => layer.row !== null || layer.entry !== null,
      );
      return layers.map(summarizeLayer).toSorted((a, b) => b.allocatedSizeBytes - a.allocatedSizeBytes);
    },
    'about.get': () => engineVersions(),
    ...treeHandlers(session),
    ...keepingHandlers(session),
    ...healthHandlers(session),
  };
}

/** Changes that overtake a usage so often in a row may go on for minutes: then it is worked out at once. */
const MOST_OVERTAKEN = 5;

/**
 * The inventory as of now with its usage worked out. A list that is asked for meanwhile need not wait for all of it.
 *
 * @throws the signal's reason once nobody waits for it.
 */
async function inventoryWithUsage(
  session: Session,
  pins: readonly string[],
  signal: AbortSignal,
): Promise<Inventory> {
  for (let overtaken = 0; overtaken < MOST_OVERTAKEN; overtaken += 1) {
    const inventory = session.inventory();
    await prepareUsage(inventory, pins, async () => {
      await giveWay(signal);
      return session.isCurrent(inventory);
    });
    if (session.isCurrent(inventory)) return inventory;
    await giveWay(signal);
  }
  return session.inventory();
}
