import { once } from 'node:events';
import type { EngineWorker } from '../ipc/engine-worker.ts';
import type { WindowSession } from './window-session.ts';

const HAS_BRIDGE = "typeof window.strata === 'object' && typeof window.strata.send === 'function'";

/**
 * Tries what only a running app can show: that the page loads, that its bridge is there and Node is not, and
 * that the engine answers from its thread. Throws what does not work.
 */
export async function smoke({ window, engine }: WindowSession): Promise<void> {
  const { webContents } = window;
  if (webContents.isLoading()) await once(webContents, 'did-finish-load');
  if ((await webContents.executeJavaScript(HAS_BRIDGE)) !== true) throw new Error('The page has no bridge');
  const globals = (await webContents.executeJavaScript('typeof process + typeof require')) as string;
  if (globals !== 'undefinedundefined') throw new Error('The page has Node');
  await askEngine(engine);
}

function askEngine(engine: EngineWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = engine.connect(({ line }) => {
      client.disconnect();
      if ((JSON.parse(line) as { ok: boolean }).ok) resolve();
      else reject(new Error(`The engine answers ${line}`));
    });
    client.start(1, 'home.get', '{}');
  });
}
