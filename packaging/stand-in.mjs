import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Precedes the fuses in Electron's binary (docs/tutorial/fuses.md of Electron), so that tools find them. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_VERSION = 1;
/** As Electron ships: what this app turns off is on, and the other way round, so that a forgotten fuse shows. */
const FUSES_AS_SHIPPED = '101100011';

/** A folder that looks to the packager like Electron's own distribution for Linux. */
export function buildStandIn(folder, version) {
  mkdirSync(path.join(folder, 'locales'), { recursive: true });
  mkdirSync(path.join(folder, 'resources'));
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak'])
    writeFileSync(path.join(folder, name), '');
  writeFileSync(path.join(folder, 'version'), version);
  const fuses = [FUSE_SENTINEL, String.fromCharCode(FUSE_VERSION, FUSES_AS_SHIPPED.length), FUSES_AS_SHIPPED];
  writeFileSync(path.join(folder, 'electron'), `#!/bin/sh\n${fuses.join('')}`, { mode: 0o755 });
}
