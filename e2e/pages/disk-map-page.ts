import { expect, type Locator, type Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';

type Cells = 'Images' | 'Layers' | 'Kinds';

/** The treemap of the cache and the table that has the same numbers. */
export class DiskMapPage {
  readonly #page: Page;
  readonly #hand: Hand;

  constructor(page: Page, hand: Hand) {
    this.#page = page;
    this.#hand = hand;
  }

  async show(): Promise<void> {
    const views = this.#page.getByRole('navigation', { name: 'Views' });
    await this.#hand.press(views.getByRole('button', { name: 'Disk map' }));
    await expect(this.map).toBeVisible();
  }

  get main(): Locator {
    return this.#page.getByRole('main', { name: 'Disk map' });
  }

  get map(): Locator {
    return this.main.getByRole('listbox');
  }

  get table(): Locator {
    return this.main.getByRole('table');
  }

  /** A cell of the map by what stands in it, or by the whole name that follows where that is short for one. */
  cell(name: string): Locator {
    return this.map.getByRole('option', {
      name: new RegExp(`(?:^|, )${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}[ ,]`),
    });
  }

  async drawBy(cells: Cells): Promise<void> {
    await this.#hand.toggle(this.#choice('Cells are', cells));
  }

  async showAs(form: 'Map' | 'Table'): Promise<void> {
    await this.#hand.toggle(this.#choice('Shown as', form));
  }

  /** Chooses a cell: a group zooms in, an image or a layer opens. */
  async choose(name: string): Promise<void> {
    const cell = this.cell(name);
    if (this.#hand.isMouse) return cell.click({ position: { x: 4, y: 8 } });
    await this.#hand.reach(this.map);
    await this.#hand.key('Home');
    await this.#typeTo(cell, name);
    await this.#hand.key('Enter');
  }

  /** Chooses the largest of the cells there are. */
  async chooseFirst(): Promise<void> {
    if (this.#hand.isMouse) return this.map.getByRole('option').first().click();
    await this.#hand.reach(this.map);
    await this.#hand.key('Home');
    await this.#hand.key('Enter');
  }

  /** What is told of a file whose cell was chosen. */
  file(kind: string): Locator {
    return this.#page.getByRole('dialog', { name: kind });
  }

  async putFileAway(): Promise<void> {
    await this.#hand.press(this.#page.getByRole('dialog').getByRole('button', { name: 'Close' }));
    await expect(this.#page.getByRole('dialog')).toBeHidden();
  }

  async showInReclaim(): Promise<void> {
    await this.#hand.press(this.#page.getByRole('dialog').getByRole('button', { name: 'Show in Reclaim' }));
  }

  /** Back to what the map shows as a whole. */
  async zoomOut(): Promise<void> {
    if (!this.#hand.isMouse) return this.#hand.key('Escape');
    await this.main.getByRole('navigation', { name: 'Zoom' }).getByRole('button').first().click();
  }

  /** The last line of the table: exact bytes of all that is shown. */
  async totalBytes(): Promise<number> {
    const cell = this.table.locator('tfoot td').nth(2);
    return Number((await cell.innerText()).replaceAll(',', ''));
  }

  /** Exact bytes of the table's outermost lines, added up. */
  async addedBytes(): Promise<number> {
    const rows = await this.table
      .locator('tbody tr')
      .evaluateAll((lines) =>
        lines
          .filter((line) => line.querySelector('th')?.dataset.level !== 'inner')
          .map((line) => Number(line.querySelectorAll('td')[2]?.textContent?.replaceAll(',', ''))),
      );
    return rows.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Types its name until it is the active one: on a slow machine letters may be too far apart to be one word. */
  async #typeTo(cell: Locator, name: string): Promise<void> {
    await expect(cell).toBeVisible();
    for (const letter of name.split(/[ …]/, 1)[0]!) {
      if ((await cell.getAttribute('aria-selected')) === 'true') return;
      await this.#hand.key(letter);
    }
    await expect(cell).toHaveAttribute('aria-selected', 'true');
  }

  #choice(group: string, name: string): Locator {
    return this.main.getByRole('group', { name: group }).getByRole('button', { name, exact: true });
  }
}
