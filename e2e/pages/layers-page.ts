import type { Locator, Page } from 'playwright/test';

/** The list of all layers. */
export class LayersPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get main(): Locator {
    return this.#page.getByRole('main', { name: 'Layers' });
  }
}
