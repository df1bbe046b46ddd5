import { setTimeout as delay } from 'node:timers/promises';
import { app, BrowserWindow } from '../scripts/fake-electron/electron.ts';
import { loadBuilt } from '../scripts/fake-electron/load-built.ts';
import { runPreload } from '../scripts/fake-electron/page.ts';
import type { StrataBridge } from '../src-shared/ipc/bridge.ts';
import type { Answer, Question } from './soak-hosts.ts';

// The built main process and preload script on the stand-in for Electron, with a page that makes the calls its parent
// asks for: `soak-electron-child.ts HOME OTHER-HOME`. Ends also when its parent is gone.
const [home = '', otherHome = ''] = process.argv.slice(2);
type Window = InstanceType<typeof BrowserWindow>;

/** A page of a window: its calls, by id. */
class Page {
  readonly #bridge: StrataBridge;
  readonly #waiting = new Map<number, (last: string) => void>();
  #lastId = 0;

  constructor(window: Window) {
    const { webContents } = window;
    webContents.removeAllListeners('sent');
    // The stand-in remembers what it sent, for tests.
    webContents.on('sent', () => webContents.sent.splice(0));
    this.#bridge = runPreload(window).bridge;
    this.#bridge.onMessage(({ id, line, isLast }) => {
      if (isLast) this.#end(id, line.slice(-300));
    });
  }

  call(name: string, input: unknown, leaveAfterMs: number | null): Promise<string> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#bridge.send({ kind: 'start', id, call: name, input });
      if (leaveAfterMs !== null) setTimeout(() => this.#bridge.send({ kind: 'cancel', id }), leaveAfterMs);
    });
  }

  /** Another page takes its place: nobody answers it any more. */
  leave(): void {
    for (const id of [...this.#waiting.keys()]) this.#end(id, '');
  }

  #end(id: number, last: string): void {
    this.#waiting.get(id)?.(last);
    this.#waiting.delete(id);
  }
}

async function disturb(): Promise<void> {
  page.leave();
  first.webContents.reload();
  page = new Page(first);
  await openAndCloseAnother();
}

/** As a second start of the app does, with an engine of its own that is at work when the window goes. */
async function openAndCloseAnother(): Promise<void> {
  app.emit('second-instance', {}, [], '', { argv: ['--home', otherHome], cwd: '/' });
  const window = BrowserWindow.all.at(-1)!;
  if (window === first) throw new Error('no other window has opened');
  while (!window.isShown) await delay(10);
  const other = new Page(window);
  await other.call('images.list', {}, null);
  void other.call('cache.watch', {}, null);
  void other.call('cache.plan', { action: { kind: 'gc' } }, null);
  window.close();
  BrowserWindow.all = BrowserWindow.all.filter(({ isClosed }) => !isClosed);
}

async function answer(question: Question): Promise<string> {
  if (question.kind === 'call') return page.call(question.name, question.input, question.leaveAfterMs);
  if (question.kind === 'quit') app.quit();
  else await disturb();
  return '';
}

process.on('message', (question: Question) => {
  void answer(question).then((last) => process.send?.({ id: question.id, last } satisfies Answer));
});
process.on('disconnect', () => app.quit());
app.once('will-quit', () => process.exit(0));

await loadBuilt(['--home', home]);
app.becomeReady();
while (BrowserWindow.all[0]?.isShown !== true) await delay(10);
const first: Window = BrowserWindow.all[0];
let page = new Page(first);
process.send?.({ id: 0, last: '' } satisfies Answer);
