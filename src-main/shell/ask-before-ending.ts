import { type BrowserWindow, dialog } from 'electron';

/** What becomes of a removal under way. */
export type Ending = 'finish' | 'stop' | 'stay';

const ANSWERS: readonly Ending[] = ['finish', 'stop', 'stay'];

/** Asks the person what quitting, or closing the window, may do to the removal that is under way in it. */
export async function askBeforeEnding(window: BrowserWindow, what: 'quit' | 'close'): Promise<Ending> {
  const verb = what === 'quit' ? 'Quit' : 'Close';
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'A removal is under way.',
    detail:
      'It can be finished first, or stopped where that is safe: what is removed by then stays removed, and everything else stays as it is.',
    buttons: [`Finish, Then ${verb}`, `Stop and ${verb}`, 'Cancel'],
    defaultId: 0,
    cancelId: ANSWERS.indexOf('stay'),
    noLink: true,
  });
  return ANSWERS[response] ?? 'stay';
}
