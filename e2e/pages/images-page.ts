import { expect, type Locator, type Page } from 'playwright/test';
import { type Hand, hasFocus } from '../fixtures/hand.ts';
import type { DetailPane } from './detail-pane.ts';

const SELECT = 'Select ';
/** Rows an arrow key is pressed for before a row counts as unreachable. */
const MOST_ROWS = 100;

/** The list of images with its filters, its find field and the bar of selected images. */
export class ImagesPage {
  readonly #page: Page;
  readonly #hand: Hand;
  readonly #detail: DetailPane;

  constructor(page: Page, hand: Hand, detail: DetailPane) {
    this.#page = page;
    this.#hand = hand;
    this.#detail = detail;
  }

  get grid(): Locator {
    return this.#page.getByRole('grid', { name: 'Images' });
  }

  get findField(): Locator {
    return this.#page.getByRole('searchbox', { name: 'Find images' });
  }

  get selectionBar(): Locator {
    return this.#page.getByRole('region', { name: 'Selected images' });
  }

  /** The row of a reference; of a group, the row its newest reference stands for. */
  row(reference: string): Locator {
    return this.grid.getByRole('row').filter({ has: this.#checkbox(reference) });
  }

  cell(reference: string, column: string): Locator {
    const columns = ['', 'Image', 'On disk', 'Layers', 'Platform', 'Used by', 'Created', 'Last used'];
    return this.row(reference).locator(`[data-column="${columns.indexOf(column)}"]`);
  }

  /** Waits until the list shows exactly these references, in this order. */
  async lists(references: readonly string[]): Promise<void> {
    await expect.poll(() => this.#listed(), 'references in the order of the list').toEqual(references);
  }

  heading(column: string): Locator {
    return this.grid.getByRole('columnheader', { name: column, exact: true });
  }

  /** Pixels a column has. */
  async widthOf(column: string): Promise<number> {
    return (await this.heading(column).boundingBox())!.width;
  }

  /** Makes a column wider by so many pixels, or narrower: drags the line before it, or presses keys on its heading. */
  async widen(column: string, pixels: number): Promise<void> {
    if (!this.#hand.isMouse) {
      await this.goToHeading(column);
      const key = pixels > 0 ? 'Shift+ArrowRight' : 'Shift+ArrowLeft';
      for (let step = 0; step < Math.abs(pixels); step += 16) await this.#hand.key(key);
      return;
    }
    const { x, y } = await this.#edgeOf(column);
    await this.#page.mouse.move(x, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(x - pixels / 2, y);
    await this.#page.mouse.move(x - pixels, y);
    await this.#page.mouse.up();
  }

  /** Makes a column as wide as what it shows: double-clicks the line before it, or presses Shift+Enter. */
  async fit(column: string): Promise<void> {
    if (this.#hand.isMouse) {
      const { x, y } = await this.#edgeOf(column);
      return this.#page.mouse.dblclick(x, y);
    }
    await this.goToHeading(column);
    await this.#hand.key('Shift+Enter');
  }

  async #edgeOf(column: string): Promise<{ readonly x: number; readonly y: number }> {
    const { x, y, height } = (await this.heading(column).boundingBox())!;
    return { x: x - 6, y: y + height / 2 };
  }

  async sortBy(column: string): Promise<void> {
    if (this.#hand.isMouse) return this.heading(column).click();
    await this.goToHeading(column);
    await this.#hand.key('Enter');
  }

  /** Moves the keyboard's focus to a heading by arrows. */
  async goToHeading(column: string): Promise<void> {
    const heading = this.heading(column);
    await this.#goToFirstRow();
    await this.#hand.key('ArrowUp');
    for (let moves = 0; moves < 10 && !(await hasFocus(heading)); moves += 1)
      await this.#hand.key('ArrowRight');
    for (let moves = 0; moves < 10 && !(await hasFocus(heading)); moves += 1)
      await this.#hand.key('ArrowLeft');
  }

  /** Types words into the find field. */
  async find(words: string): Promise<void> {
    if (this.#hand.isMouse) await this.findField.click();
    else await this.#hand.key('ControlOrMeta+k');
    await this.#page.keyboard.type(words);
  }

  async clearFind(): Promise<void> {
    if (this.#hand.isMouse) await this.#page.getByRole('button', { name: 'Clear the find field' }).click();
    else {
      await this.#hand.reach(this.findField);
      await this.#hand.key('Escape');
    }
    await expect(this.findField).toHaveValue('');
  }

  async filterBy(label: string): Promise<void> {
    await this.#hand.toggle(this.filter(label));
  }

  filter(label: string): Locator {
    const filters = this.#page.getByRole('group', { name: 'Which images' });
    return filters.getByRole('button', { name: new RegExp(`^${label}`) });
  }

  async groupTags(): Promise<void> {
    await this.#hand.toggle(this.#page.getByRole('button', { name: 'Group tags by digest' }));
  }

  /** Opens an image in the detail pane. */
  async open(reference: string): Promise<void> {
    if (this.#hand.isMouse) await this.row(reference).locator('[data-column="1"]').click();
    else {
      await this.goTo(reference);
      await this.#hand.key('Enter');
    }
    await expect(this.row(reference)).toHaveAttribute('aria-current', 'true');
    await this.#detail.shows(reference);
  }

  async select(...references: readonly string[]): Promise<void> {
    for (const reference of references) {
      if (this.#hand.isMouse) await this.#checkbox(reference).click();
      else {
        await this.goTo(reference);
        await this.#hand.key('Space');
      }
      await expect(this.row(reference)).toHaveAttribute('aria-selected', 'true');
    }
  }

  /** Chooses from the menu of a row: by right click, or by the keys that ask for a menu. */
  async chooseInMenu(reference: string, item: string): Promise<void> {
    const menu = this.#page.getByRole('menu');
    if (this.#hand.isMouse) {
      await this.row(reference).locator('[data-column="1"]').click({ button: 'right' });
      return menu.getByRole('menuitem', { name: new RegExp(`^${item}`) }).click();
    }
    await this.goTo(reference);
    await this.#hand.key('Shift+F10');
    await expect(menu).toBeVisible();
    await this.#hand.walk(menu.getByRole('menuitem', { name: new RegExp(`^${item}`) }), 'ArrowDown');
    await this.#hand.key('Enter');
  }

  /** Asks to remove one image: with the button of the detail pane, or Delete on its row. */
  async askToRemove(reference: string): Promise<void> {
    if (this.#hand.isMouse) {
      await this.open(reference);
      await this.#detail.askToRemove();
    } else {
      await this.goTo(reference);
      await this.#hand.key('Delete');
    }
  }

  /** Asks to remove what is selected: with the button of the bar, or Delete on a selected row. */
  async askToRemoveSelected(): Promise<void> {
    if (this.#hand.isMouse) await this.selectionBar.getByRole('button', { name: /^Remove / }).click();
    else await this.#hand.key('Delete');
  }

  /** Moves the keyboard's focus to a row by arrows. */
  async goTo(reference: string): Promise<void> {
    await expect(this.row(reference)).toBeVisible();
    await this.#goToFirstRow();
    for (let moves = 0; moves < MOST_ROWS; moves += 1) {
      if (await hasFocus(this.row(reference))) return;
      await this.#hand.key('ArrowDown');
    }
    throw new Error(`arrows do not lead to ${reference}`);
  }

  async #goToFirstRow(): Promise<void> {
    await this.#hand.reach(this.grid);
    await this.#hand.key('Control+Home');
  }

  #checkbox(reference: string): Locator {
    return this.#page.getByRole('checkbox', { name: `${SELECT}${reference}`, exact: true });
  }

  #listed(): Promise<string[]> {
    return this.grid
      .getByRole('checkbox')
      .evaluateAll(
        (boxes, start) => boxes.map((box) => (box.getAttribute('aria-label') ?? '').slice(start)),
        SELECT.length,
      );
  }
}
