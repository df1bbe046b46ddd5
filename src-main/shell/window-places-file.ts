import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Log, reportIncident } from '../ipc/incident.ts';
import { NO_PLACES, type WindowPlaces, windowPlaces } from './window-place.ts';

/** The remembered places; none when there is no file or it is not ours. */
export function readWindowPlaces(file: string): WindowPlaces {
  try {
    const parsed = windowPlaces.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : NO_PLACES;
  } catch {
    return NO_PLACES;
  }
}

/** Whole or not at all. A folder that cannot be written to costs the places, never the window. */
export function writeWindowPlaces(file: string, places: WindowPlaces, log: Log): void {
  const next = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(next, JSON.stringify(places), { mode: 0o600 });
    renameSync(next, file);
  } catch (error) {
    reportIncident('the window places', error, log);
  }
}
