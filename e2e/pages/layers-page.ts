import { expect, type Locator, type Page } from 'playwright/test';
import { shortenDigest } from '../../src-shared/domain/digest.ts';
import type { Hand } from '../fixtures/hand.ts';

/** Rows an arrow key is pressed for before a row counts as unreachable. */
const MOST_ROWS = 60;

/** The list of all layers and the pane that shows one of them. */
export class LayersPage {
  readonly #page: Page;
  readonly #hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.#page = page;
    this.#hand = hand;
  }

  get grid(): Locator {
    return this.#page.getByRole('grid', { name: 'Layers' });
  }

  get detail(): Locator {
    return this.#page.getByRole('complementary', { name: 'Layer details' });
  }

  row(diffId: string): Locator {
    return this.grid.getByRole('row').filter({ hasText: shortenDigest(diffId) });
  }

  /** Waits until the list has this many layers. */
  async lists(count: number): Promise<void> {
    await expect(this.grid.getByRole('row').filter({ has: this.#page.getByRole('gridcell') })).toHaveCount(
      count,
    );
  }

  async filterBy(label: string): Promise<void> {
    const filters = this.#page.getByRole('group', { name: 'Show' });
    await this.#hand.toggle(filters.getByRole('button', { name: new RegExp(`^${label}`) }));
  }

  async find(words: string): Promise<void> {
    await this.#hand.write(this.#page.getByRole('searchbox', { name: 'Find by digest or image' }), words);
  }

  /** Opens a layer. The grid keeps the focus and names the row it is on. */
  async open(diffId: string): Promise<void> {
    const row = this.row(diffId);
    if (this.#hand.isMouse) await row.click();
    else {
      await this.#hand.reach(this.grid);
      await this.#hand.key('Control+Home');
      const id = await row.getAttribute('id');
      for (let moves = 0; moves < MOST_ROWS; moves += 1) {
        if ((await this.grid.getAttribute('aria-activedescendant')) === id) break;
        await this.#hand.key('ArrowDown');
      }
      await this.#hand.key('Enter');
    }
    await expect(row).toHaveAttribute('aria-selected', 'true');
  }
}
