// Finds the registry that msb pulls from in the tests, and gets Debian's where there is none.
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const NAME = 'docker-registry';

/**
 * An executable: the one named in STRATA_REGISTRY, the machine's own, else on Debian as root the distribution's package.
 * Null, and why, where there is none. `run` starts a program and answers its exit code.
 */
export async function findRegistry(run) {
  const own = registryOnMachine();
  if (own !== null) return own;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('No docker-registry found: fetching one for the tests that pull.');
    await run('apt-get', ['update', '-qq'], { quiet: true });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', NAME], { quiet: true });
    const packaged = registryOnMachine();
    if (packaged !== null) return packaged;
  }
  console.log(
    `Nothing is pulled in the tests: there is no ${NAME}; install it, or name it in STRATA_REGISTRY.`,
  );
  return null;
}

/** What is there without installing anything; null for nothing. */
export function registryOnMachine() {
  const named = process.env.STRATA_REGISTRY;
  if (named !== undefined && isExecutable(named)) return named;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, NAME)).find(isExecutable) ?? null;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
