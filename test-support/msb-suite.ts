import { describe } from 'vitest';
import { availableMsbVersions, type MsbVersion, missingMsbReason } from './msb.ts';

/**
 * A suite for each msb version, its title ending in `(msb 0.6.18)`. Where the binary is missing the suite is
 * skipped and its title says why.
 */
export function describeWithMsb(
  title: string,
  body: (version: MsbVersion) => void,
  versions: readonly MsbVersion[] = ['0.6.18', '0.7.2'],
): void {
  const available = availableMsbVersions();
  for (const version of versions) {
    if (available.includes(version)) {
      describe(`${title} (msb ${version})`, () => body(version));
      continue;
    }
    const reason = missingMsbReason(version);
    console.warn(`skipped: ${title}: ${reason}`);
    describe.skip(`${title} (skipped: ${reason})`, () => body(version));
  }
}
