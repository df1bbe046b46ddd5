import { expect, type Page } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';
import { DialogPage } from './dialog-page.ts';

/** What a person can choose about Strata itself. */
export class SettingsDialog extends DialogPage {
  constructor(page: Page, hand: Hand) {
    super(page, hand, 'Settings');
  }

  async open(): Promise<void> {
    const views = this.page.getByRole('navigation', { name: 'Views' });
    await this.hand.press(views.getByRole('button', { name: 'Settings' }));
    await expect(this.dialog.getByText('Kept in')).toBeVisible();
  }

  async close(): Promise<void> {
    await this.hand.press(this.dialog.getByRole('button', { name: 'Done' }));
    await expect(this.dialog).toBeHidden();
  }

  async choose(group: 'Appearance' | 'Sizes' | 'Rows', option: string): Promise<void> {
    const radio = this.dialog.getByRole('group', { name: group }).getByRole('radio', { name: option });
    if (this.hand.isMouse) await radio.click();
    else {
      await this.hand.reach(this.dialog.getByRole('group', { name: group }));
      await this.hand.walk(radio, 'ArrowDown');
    }
    await expect(radio).toBeChecked();
  }

  async turnUndoOn(): Promise<void> {
    const box = this.dialog.getByRole('checkbox', { name: 'Undo removals' });
    await this.hand.toggle(box);
    await expect(box).toBeChecked();
    await expect(this.dialog.getByRole('textbox', { name: 'Minutes a removal can be undone' })).toHaveValue(
      '10',
    );
  }
}
