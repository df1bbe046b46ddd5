import { lutimesSync } from 'node:fs';

/** Sets a file's or directory's times to `ms` milliseconds before now, links not followed. */
export function age(path: string, ms: number): void {
  const time = new Date(Date.now() - ms);
  lutimesSync(path, time, time);
}
