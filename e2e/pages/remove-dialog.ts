import { expect, type Locator, type Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';
import { chooseSpace } from './undo-control.ts';

/** The question before a removal, its progress and its result. */
export class RemoveDialog {
  readonly #page: Page;
  readonly #hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.#page = page;
    this.#hand = hand;
  }

  get dialog(): Locator {
    return this.#page.getByRole('alertdialog');
  }

  /** The line about one thing that goes: a reference, a digest or a file, as the list shortens it. */
  goes(name: string): Locator {
    return this.#line('What goes', name);
  }

  stays(name: string): Locator {
    return this.#line('What stays', name);
  }

  /** Waits until the dialog counts this many things that go. */
  async counts(items: number): Promise<void> {
    await expect(this.dialog.getByRole('heading', { name: `Goes ${items}`, exact: true })).toBeVisible();
  }

  /** Waits for the question, and for the harmless button to have the focus. */
  async asks(title: string): Promise<void> {
    await expect(this.dialog).toHaveAccessibleName(title);
    await expect(this.button('Cancel')).toBeFocused();
  }

  /** The bytes the question announces. */
  async announcedBytes(): Promise<number> {
    const words = this.dialog.getByText(/exactly [\d,]+ bytes on disk/);
    const match = (await words.innerText()).match(/exactly ([\d,]+) bytes/);
    return Number(match?.[1]?.replaceAll(',', ''));
  }

  /** Whether what goes is kept for undo, or its space freed at once. */
  async chooseSpace(option: RegExp): Promise<void> {
    await chooseSpace(this.#hand, this.dialog, option);
  }

  /** Confirms with the button of that name. */
  async confirm(name: string): Promise<void> {
    await this.#hand.press(this.button(name));
  }

  /** Waits for the result. Answers the bytes it says were measured, or set aside. */
  async reports(): Promise<number> {
    await expect(this.dialog).toHaveAccessibleName('Done');
    await expect(this.button('Close')).toBeFocused();
    const measured = this.dialog
      .locator('dt', { hasText: /^(?:Measured|Set aside)$/ })
      .first()
      .locator('xpath=following-sibling::dd[1]');
    return Number((await measured.innerText()).replace(/[^\d]/g, ''));
  }

  /** Puts the dialog away with its harmless button, or Escape. */
  async close(): Promise<void> {
    if (this.#hand.isMouse) await this.dialog.getByRole('button', { name: /^(Cancel|Close)$/ }).click();
    else await this.#hand.key('Escape');
    await expect(this.dialog).toBeHidden();
  }

  button(name: string): Locator {
    return this.dialog.getByRole('button', { name, exact: true });
  }

  #line(list: string, name: string): Locator {
    return this.dialog.getByRole('region', { name: list }).getByRole('listitem').filter({ hasText: name });
  }
}
