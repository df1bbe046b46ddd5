import { expect, type Locator, type Page } from 'playwright/test';
import type { Settings } from '../../src-shared/domain/settings.ts';
import { ConsoleLog } from '../fixtures/console-log.ts';
import { Hand, type HandKind } from '../fixtures/hand.ts';
import { type HostProcess, startHost, TOKEN } from '../fixtures/host.ts';
import { DetailPane } from './detail-pane.ts';
import { ImagesPage } from './images-page.ts';
import { LayersPage } from './layers-page.ts';
import { Palette } from './palette.ts';
import { ReclaimPage } from './reclaim-page.ts';
import { RemoveDialog } from './remove-dialog.ts';

/** The views as the sidebar calls them. */
export type ViewLabel =
  | 'Images'
  | 'Layers'
  | 'Disk map'
  | 'Find a file'
  | 'Compare'
  | 'Reclaim'
  | 'Activity'
  | 'Settings';

/** The window of one host, and the way to every part of it. */
export class App {
  readonly page: Page;
  readonly hand: Hand;
  readonly console: ConsoleLog;
  readonly images: ImagesPage;
  readonly detail: DetailPane;
  readonly removal: RemoveDialog;
  readonly reclaim: ReclaimPage;
  readonly layers: LayersPage;
  readonly palette: Palette;
  readonly #settings: Partial<Settings>;
  #host: HostProcess | null = null;

  /** @param settings What the person has chosen before the first host starts. */
  constructor(page: Page, kind: HandKind, settings: Partial<Settings> = {}) {
    this.#settings = settings;
    this.page = page;
    this.hand = new Hand(page, kind);
    this.console = new ConsoleLog(page);
    this.detail = new DetailPane(page, this.hand);
    this.removal = new RemoveDialog(page, this.hand);
    this.images = new ImagesPage(page, this.hand, this.detail);
    this.reclaim = new ReclaimPage(page, this.hand);
    this.layers = new LayersPage(page, this.hand);
    this.palette = new Palette(page, this.hand);
  }

  /** Starts a host on a home and opens its address. */
  async open(home: string): Promise<void> {
    await this.#start(['--home', home]);
  }

  async openSample(): Promise<void> {
    await this.#start(['--sample']);
  }

  /** Starts a host on a home and opens its address with another token, or with none. */
  async openWithToken(home: string, token: string | null): Promise<void> {
    this.#host = await startHost({ args: ['--home', home], settings: this.#settings });
    await this.page.goto(this.#host.url.replace(`#token=${TOKEN}`, token === null ? '' : `#token=${token}`));
  }

  /** Whether the engine is applying a plan: it refuses another one then before it looks for it. */
  async isRemoving(): Promise<boolean> {
    const answer = await this.#host?.call('cache.gc', { planId: '0'.repeat(32) });
    return (answer as { error: { code: string } }).error.code === 'removal-under-way';
  }

  /** Begins to remove an image as another window would; resolves once the engine is at it, with its end. */
  async removeBeside(reference: string): Promise<{ readonly ended: Promise<unknown> }> {
    const ended = this.#host!.call('images.remove', { reference, force: false });
    await expect.poll(() => this.isRemoving()).toBe(true);
    return { ended };
  }

  /** Has the engine plan so often that it keeps none of the plans that were shown. */
  async forgetPlans(): Promise<void> {
    for (let plans = 0; plans < 64; plans += 1) {
      await this.#host?.call('cache.plan', { action: { kind: 'gcLayers' } });
    }
  }

  /** The settings file of the host, absolute. */
  async settingsFile(): Promise<string> {
    const answer = await this.#host?.call('settings.get', {});
    return (answer as { value: { file: string } }).value.file;
  }

  /** Opens another home in the same host, and loads the page again. */
  async openNext(home: string): Promise<void> {
    await this.#host?.call('home.open', { path: home });
    await this.page.reload();
    await expect(this.statusBar).toContainText('Live');
  }

  /** Ends the host as Ctrl-C would. The page stays. */
  async stopHost(): Promise<void> {
    await this.#host?.stop();
  }

  /** Starts a host again where the last one was. */
  async startHostAgain(home: string): Promise<void> {
    this.#host = await startHost({
      args: ['--home', home],
      port: this.#host?.port ?? 0,
      settings: this.#settings,
    });
  }

  async close(): Promise<void> {
    // First, or the end of the host would be one more complaint.
    await this.page.goto('about:blank');
    await this.#host?.stop();
    this.console.check();
  }

  /** Chooses a view in the sidebar. */
  async show(view: ViewLabel): Promise<void> {
    const entry = this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view });
    await this.hand.press(entry);
    await expect(this.page.getByRole('main', { name: view })).toBeVisible();
  }

  async showLayers(): Promise<void> {
    await this.show('Layers');
  }

  async showReclaim(): Promise<void> {
    await this.show('Reclaim');
  }

  async openSettings(): Promise<void> {
    await this.hand.press(this.page.getByRole('button', { name: 'Settings' }));
    await expect(this.page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  }

  /** Chooses an entry of the menu of caches. */
  async chooseInCacheMenu(name: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name, exact: true });
    await this.hand.chooseItem(this.page.getByRole('button', { name: /^Cache: / }), item);
  }

  /** Types a path into the open dialog "Open another folder" and opens it. */
  async openFolder(path: string): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: 'Open another folder' });
    await this.hand.write(dialog.getByRole('textbox', { name: 'Absolute path' }), path);
    await this.hand.press(dialog.getByRole('button', { name: 'Open', exact: true }));
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** The notices about the open cache. */
  get notices(): Locator {
    return this.page.getByRole('region', { name: 'About this cache' });
  }

  /** The button in the title bar. */
  get reclaimShortcut(): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: /^Reclaim/ });
  }

  get statusBar(): Locator {
    return this.page.getByRole('contentinfo').last();
  }

  get main(): Locator {
    return this.page.getByRole('main');
  }

  /** A line of the usage card in the sidebar. */
  usage(label: string): Locator {
    const card = this.page.getByRole('region', { name: 'Image cache' });
    return card.getByRole('listitem').filter({ hasText: label });
  }

  /** Waits until the status bar says how many images there are. */
  async counts(words: string): Promise<void> {
    await expect(this.statusBar).toContainText(words);
  }

  /** Waits until usage card and status bar agree on this many bytes in the cache. */
  async occupies(bytes: number): Promise<void> {
    await expect(this.statusBar).toContainText(
      `Every byte accounted for: ${bytes.toLocaleString('en-US')} B`,
    );
  }

  async #start(args: readonly string[]): Promise<void> {
    this.#host = await startHost({ args, settings: this.#settings });
    await this.page.goto(this.#host.url);
    await expect(this.statusBar).toContainText('Live');
  }
}
