import { expect, type Locator, type Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';

/** What was done to the cache, and the curve of its size. */
export class ActivityPage {
  readonly #page: Page;
  readonly #hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.#page = page;
    this.#hand = hand;
  }

  async show(): Promise<void> {
    const views = this.#page.getByRole('navigation', { name: 'Views' });
    await this.#hand.press(views.getByRole('button', { name: 'Activity' }));
    await expect(this.main).toBeVisible();
  }

  /** Goes back to the images. */
  async leave(): Promise<void> {
    const views = this.#page.getByRole('navigation', { name: 'Views' });
    await this.#hand.press(views.getByRole('button', { name: 'Images' }));
    await expect(this.#page.getByRole('main', { name: 'Images' })).toBeVisible();
  }

  get main(): Locator {
    return this.#page.getByRole('main', { name: 'Activity' });
  }

  /** Everything done, newest first. */
  get entries(): Locator {
    return this.main.getByRole('region', { name: 'What was done' }).locator('ol > li');
  }

  /** An entry by what was done. */
  entry(words: string): Locator {
    return this.entries.filter({ has: this.#page.getByRole('button', { name: words }) });
  }

  async unfold(words: string): Promise<void> {
    const opener = this.entry(words).getByRole('button', { name: words });
    await this.#hand.press(opener);
    await expect(opener).toHaveAttribute('aria-expanded', 'true');
  }

  async undo(words: string): Promise<void> {
    await this.#hand.press(this.entry(words).getByRole('button', { name: 'Undo', exact: true }));
  }

  /** Frees what an entry set aside. */
  async empty(words: string): Promise<void> {
    await this.#hand.press(this.entry(words).getByRole('button', { name: 'Free now…' }));
    await this.#hand.press(this.#page.getByRole('alertdialog').getByRole('button', { name: 'Free now' }));
    await expect(this.#page.getByRole('alertdialog')).toBeHidden();
  }
}
