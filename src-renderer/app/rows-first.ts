import type { CallName } from '../../src-shared/ipc/contract.ts';
import type { Client } from '../client.ts';

/** What the first rows cannot do without, or what is answered at once and changes how they look. */
const FIRST: ReadonlySet<CallName> = new Set<CallName>([
  'cache.watch',
  'home.get',
  'settings.get',
  'images.list',
]);

/** A window that is not seen draws nothing, and must not wait for it. */
const LONGEST_DRAWING_MS = 500;

/**
 * A client that holds every other call back until the images were listed and drawn for the first time: the engine
 * answers one call after the other, and sizes and usage of ten thousand images take it longer than all the rest.
 */
export function rowsFirst(client: Client): Client {
  const drawn = Promise.withResolvers<void>();
  let isDrawn = false;
  void drawn.promise.then(() => {
    isDrawn = true;
  });
  return {
    async call(name, input, options) {
      if (!isDrawn && !FIRST.has(name)) await drawn.promise;
      const result = client.call(name, input, options);
      if (!isDrawn && name === 'images.list') void result.then(nextDrawing, nextDrawing).then(drawn.resolve);
      return result;
    },
  };
}

/** Two frames: what the first one's callbacks changed is on screen by the second. */
async function nextDrawing(): Promise<void> {
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, LONGEST_DRAWING_MS));
  await Promise.race([nextFrame().then(nextFrame), timeout]);
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()));
}
