import { expect, type Locator } from 'playwright/test';
import type { Hand } from '../fixtures/hand.ts';

/** Chooses, where something is about to go, whether it is kept for undo or its space freed at once. */
export async function chooseSpace(hand: Hand, where: Locator, option: RegExp): Promise<void> {
  const group = where.getByRole('group', { name: 'What becomes of the files' });
  const radio = group.getByRole('radio', { name: option });
  if (hand.isMouse) await radio.click();
  else {
    await hand.reach(group.getByRole('radio', { checked: true }));
    await hand.walk(radio, 'ArrowDown');
  }
  await expect(radio).toBeChecked();
}
