import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { app, BrowserWindow } from '../../scripts/fake-electron/electron.ts';
import { loadBuilt } from '../../scripts/fake-electron/load-built.ts';
import { runPreload } from '../../scripts/fake-electron/page.ts';

// The built main process and preload script on the stand-in for Electron: how late its main thread is, in milliseconds,
// while a page of its window has everything collected. `electron-delay.ts HOME`, printed as one line of JSON. The page
// is played in this very thread, so what it does with each line counts too.
const [home = ''] = process.argv.slice(2);
await loadBuilt(['--home', home]);
app.becomeReady();
while (BrowserWindow.all[0]?.isShown !== true) await delay(10);
const window = BrowserWindow.all[0];
window.webContents.on('sent', () => window.webContents.sent.splice(0));
const { bridge } = runPreload(window);
const waiting = new Map<number, (line: string) => void>();
bridge.onMessage(({ id, line, isLast }) => isLast && waiting.get(id)?.(line));

function call(id: number, name: string, input: unknown): Promise<string> {
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    bridge.send({ kind: 'start', id, call: name, input });
  });
}

await call(1, 'images.facts', {});
await delay(500);
const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
const last = await call(2, 'cache.prune', { policy: {}, undoMinutes: 0 });
delays.disable();
if (!last.startsWith('{"ok":true')) throw new Error(`the collection failed: ${last.slice(0, 300)}`);
const milliseconds = (nanoseconds: number) => nanoseconds / 1e6;
const answer = {
  p50: milliseconds(delays.percentile(50)),
  p99: milliseconds(delays.percentile(99)),
  max: milliseconds(delays.max),
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
app.once('will-quit', () => process.exit(0));
app.quit();
