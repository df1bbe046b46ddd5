import type { Locator, Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';

/** A dialog of one name, and the hand that works in it. */
export class DialogPage {
  protected readonly page: Page;
  protected readonly hand: Hand;
  readonly #name: string;

  constructor(page: Page, hand: Hand, name: string) {
    this.page = page;
    this.hand = hand;
    this.#name = name;
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog', { name: this.#name });
  }
}
