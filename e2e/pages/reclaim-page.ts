import { expect, type Locator, type Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';
import { chooseSpace } from './undo-control.ts';

type Choice = 'Collect orphaned layers' | 'Collect all garbage' | 'Prune unused images';

/** The three ways to take space back, the list of each, and the result. */
export class ReclaimPage {
  readonly #page: Page;
  readonly #hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.#page = page;
    this.#hand = hand;
  }

  get preview(): Locator {
    return this.#page.getByRole('region', { name: 'What will be removed' });
  }

  get result(): Locator {
    return this.#page.getByRole('region', { name: 'Result' });
  }

  /** Every line of the list, what goes first; the row of headings left out. */
  get rows(): Locator {
    return this.preview
      .getByRole('table')
      .getByRole('row')
      .filter({ has: this.#page.getByRole('cell') });
  }

  /** The row of an image that goes. */
  going(reference: string): Locator {
    return this.#rowOf(reference).filter({ hasNotText: 'kept:' });
  }

  /** The row of an image that stays. */
  kept(reference: string): Locator {
    return this.#rowOf(reference).filter({ hasText: 'kept:' });
  }

  get reclaimButton(): Locator {
    return this.preview.getByRole('button', { name: /^(Reclaim|Nothing to reclaim)/ });
  }

  async choose(choice: Choice): Promise<void> {
    const radio = this.#page.getByRole('radio', { name: choice });
    if (this.#hand.isMouse) await this.card(choice).click();
    else {
      await this.#hand.reach(this.#cards.getByRole('radio', { checked: true }));
      await this.#hand.walk(radio, 'ArrowDown');
    }
    await expect(radio).toBeChecked();
  }

  /** One of the three cards, with its count and bytes. */
  card(choice: Choice): Locator {
    return this.#page.locator('label').filter({ has: this.#page.getByRole('radio', { name: choice }) });
  }

  /** The bytes the list announces, once the list is up to date. */
  async announcedBytes(): Promise<number> {
    const words = this.preview.getByText(/exactly [\d,]+ bytes on disk/);
    await expect(this.reclaimButton).toBeEnabled();
    const match = /exactly ([\d,]+) bytes/.exec(await words.innerText());
    return Number(match?.[1]?.replaceAll(',', ''));
  }

  /** Whether what goes is kept for undo, or its space freed at once. */
  async chooseSpace(option: RegExp): Promise<void> {
    await chooseSpace(this.#hand, this.preview, option);
  }

  async reclaim(): Promise<void> {
    await this.#hand.press(this.reclaimButton);
  }

  /** Waits for the result. Answers the bytes it says were measured, or set aside. */
  async reports(): Promise<number> {
    await expect(this.result.getByRole('button', { name: 'Done' })).toBeFocused();
    const measured = this.result
      .locator('dt', { hasText: /^(?:Measured|Set aside)$/ })
      .first()
      .locator('xpath=following-sibling::dd[1]');
    return Number((await measured.innerText()).replace(/[^\d]/g, ''));
  }

  async putResultAway(): Promise<void> {
    await this.#hand.press(this.result.getByRole('button', { name: 'Done' }));
    await expect(this.result).toBeHidden();
    await expect(this.#cards.getByRole('radio', { checked: true })).toBeFocused();
  }

  /** Types a number of the prune rule over. */
  async setRule(label: string, value: number): Promise<void> {
    await this.#hand.write(this.#page.getByRole('spinbutton', { name: label }), String(value));
  }

  /** Opens the list of pinned images, pins or unpins one, and puts the list away. */
  async pin(reference: string): Promise<void> {
    const rule = this.#page.getByRole('region', { name: 'Prune rule' });
    await this.#hand.press(rule.getByRole('button', { name: /pinned/ }));
    const dialog = this.#page.getByRole('dialog', { name: 'Pinned images' });
    await this.#hand.toggle(dialog.getByRole('checkbox', { name: reference, exact: true }));
    await this.#hand.press(dialog.getByRole('button', { name: 'Done' }));
    await expect(dialog).toBeHidden();
  }

  get #cards(): Locator {
    return this.#page.getByRole('group', { name: 'What to reclaim' });
  }

  #rowOf(reference: string): Locator {
    return this.rows.filter({ has: this.#page.getByTitle(reference, { exact: true }) });
  }
}
