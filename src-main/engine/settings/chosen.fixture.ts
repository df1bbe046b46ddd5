import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../../src-shared/domain/settings.ts';

/** What a person chose who wants the space of a removal at once. */
export const FREEING: Partial<Settings> = { undoMinutes: 0 };

/** Chooses settings in one of Strata's data folders, which need not be there, unless it has some already. */
export function chooseSettings(dataDir: string, settings: Partial<Settings>): void {
  const file = join(dataDir, 'settings.json');
  if (existsSync(file)) return;
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
}
