import { expect, type Locator, type Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';

type TabName = 'Overview' | 'Config' | 'Layers' | 'Files' | 'JSON';

/** The pane that shows one image. */
export class DetailPane {
  readonly #page: Page;
  readonly #hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.#page = page;
    this.#hand = hand;
  }

  get pane(): Locator {
    return this.#page.getByRole('complementary', { name: 'Image details' });
  }

  get title(): Locator {
    return this.pane.getByRole('heading', { level: 2 });
  }

  /** Waits until the pane shows the image, read and ready. */
  async shows(reference: string): Promise<void> {
    // The title spells out the registry; the name a person typed is its end.
    await expect(this.title).toContainText(reference);
    await expect(this.pane.getByRole('tablist')).toBeVisible();
  }

  async choose(tab: TabName): Promise<void> {
    const found = this.pane.getByRole('tab', { name: new RegExp(`^${tab}`) });
    await this.#hand.chooseTab(found);
    await expect(found).toHaveAttribute('aria-selected', 'true');
  }

  /** A titled part of the chosen tab. */
  section(title: string): Locator {
    return this.pane.getByRole('region', { name: title, exact: true });
  }

  /** The value beside a name, inside a part of the pane. */
  field(label: string, within: Locator = this.pane): Locator {
    return within
      .locator('dt')
      .filter({ hasText: new RegExp(`^${label}$`) })
      .locator('xpath=following-sibling::dd[1]');
  }

  /** A row of the environment or the labels: its value. */
  pair(table: 'Environment' | 'Labels', name: string): Locator {
    return this.pane
      .getByRole('table', { name: table })
      .getByRole('row')
      .filter({ has: this.#page.getByRole('rowheader', { name, exact: true }) })
      .getByRole('cell')
      .first();
  }

  /** The layers of the strata picture, last one first. */
  get strata(): Locator {
    return this.pane.getByRole('list', { name: 'Layers, last one first' }).locator('[data-stratum]');
  }

  /** Unfolds a layer of the strata picture by the command that built it. Answers what it shows. */
  async unfold(command: string): Promise<Locator> {
    const stratum = this.strata.filter({ hasText: command });
    if (this.#hand.isMouse) await stratum.click();
    else {
      await this.#hand.reach(this.pane.locator('[data-stratum][tabindex="0"]'));
      await this.#hand.key('Home');
      await this.#hand.walk(stratum, 'ArrowDown');
      await this.#hand.key('Enter');
    }
    await expect(stratum).toHaveAttribute('aria-expanded', 'true');
    return stratum.locator('xpath=ancestor::li[1]');
  }

  async askToRemove(): Promise<void> {
    await this.#hand.press(this.pane.getByRole('button', { name: 'Remove…', exact: true }));
  }

  async askToForceRemove(): Promise<void> {
    await this.#hand.press(this.pane.getByRole('button', { name: 'Force remove…', exact: true }));
  }
}
