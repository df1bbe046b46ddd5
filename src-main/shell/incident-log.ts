import { type Log, logToStderr } from '../ipc/incident.ts';
import { keepCrashReport } from './crash-report.ts';

/**
 * The app's log. Whoever starts it from a dock sees no terminal, so defects are also kept as files in `crashDir`:
 * what the interface calls an incident is found there by its number.
 */
export function createIncidentLog(crashDir: string): Log {
  return (text) => {
    logToStderr(text);
    if (text.startsWith('incident ')) keepCrashReport(crashDir, text);
  };
}
