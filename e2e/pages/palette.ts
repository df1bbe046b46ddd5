import { expect, type Locator, type Page } from 'playwright/test';
import { type Hand, hasFocus } from '../fixtures/hand.ts';
import { DialogPage } from './dialog-page.ts';

/** The command palette. */
export class Palette extends DialogPage {
  constructor(page: Page, hand: Hand) {
    super(page, hand, 'Command palette');
  }

  get field(): Locator {
    return this.dialog.getByRole('combobox');
  }

  get options(): Locator {
    return this.dialog.getByRole('option');
  }

  option(name: string | RegExp): Locator {
    return this.dialog.getByRole('option', { name });
  }

  async open(): Promise<void> {
    await this.hand.key('ControlOrMeta+Shift+P');
    await expect(this.field).toBeFocused();
  }

  /** Opens it, types, and takes the entry of that name: by a click, or by arrows and Enter. */
  async choose(words: string, name: string | RegExp): Promise<void> {
    await this.open();
    await this.page.keyboard.type(words);
    const option = this.option(name);
    // What is listed follows the typing when there is time, and more may be called so before.
    await expect(option).toHaveCount(1);
    if (this.hand.isMouse) await option.click();
    else {
      for (let steps = 0; steps < 40 && !(await this.#isActive(option)); steps += 1)
        await this.hand.key('ArrowDown');
      await this.hand.key('Enter');
    }
    await expect(this.dialog).toBeHidden();
  }

  /** The option that Enter would take, as a screen reader is told. */
  async active(): Promise<string | null> {
    const id = await this.field.getAttribute('aria-activedescendant');
    return id === null ? null : this.page.locator(`[id="${id}"]`).textContent();
  }

  async #isActive(option: Locator): Promise<boolean> {
    expect(await hasFocus(this.field), 'the focus stays in the field').toBe(true);
    const id = await this.field.getAttribute('aria-activedescendant');
    return id !== null && id === (await option.getAttribute('id'));
  }
}
