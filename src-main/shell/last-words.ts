import type { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { app, dialog } from 'electron';
import { logToStderr } from '../ipc/incident.ts';
import { plainText } from '../ipc/plain-text.ts';
import { keepCrashReport } from './crash-report.ts';

const EXIT_CRASHED = 1;

/**
 * An error that nobody caught: nothing can be relied on any more. Keeps a report, tells the person, stops what is
 * under way where it is safe, and ends the app.
 *
 * @param main the main process, which tells of such errors.
 */
export function endOnUncaughtErrors(
  main: EventEmitter,
  { crashDir, stop }: { readonly crashDir: string; readonly stop: () => Promise<void> },
): void {
  let isEnding = false;
  const end = (error: unknown): void => {
    const words = inspect(error);
    const report = keepCrashReport(crashDir, words);
    logToStderr(plainText(words));
    if (isEnding) return;
    isEnding = true;
    const stopped = stop().catch(() => {});
    dialog.showErrorBox(
      'Strata has to close',
      [
        'Something went wrong that it cannot recover from. A removal that was under way is stopped where it is safe.',
        report === null ? '' : `What is known of it is kept in ${report}; nothing is sent anywhere.`,
      ].join('\n'),
    );
    void stopped.then(() => app.exit(EXIT_CRASHED));
  };
  main.on('uncaughtException', end);
  main.on('unhandledRejection', end);
}
