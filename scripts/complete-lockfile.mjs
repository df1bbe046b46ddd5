// Adds the optional platform packages to package-lock.json that the registry it was made against does not have.
// npm leaves them out when it writes the file, and `npm ci` then refuses the file everywhere. Run it after every
// change of a dependency; with --check it only says what is missing, and exits 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const PLATFORM =
  /-(?<os>darwin|linux|win32|freebsd|openbsd|android)-(?<cpu>x64|arm64|arm|ia32|riscv64|loong64|ppc64|s390x)/;

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = missingEntries(lock.packages);

if (process.argv.includes('--check')) {
  for (const [path] of missing)
    console.error(`package-lock.json lacks ${path}: run node scripts/complete-lockfile.mjs`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} else if (missing.length > 0) {
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
  lock.packages = Object.fromEntries(packages.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
}

function missingEntries(packages) {
  const found = new Map();
  for (const owner of Object.values(packages)) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (packages[path] !== undefined) continue;
      const platform = PLATFORM.exec(name)?.groups;
      if (platform === undefined)
        throw new Error(`${name} is optional and missing, and its name tells no platform`);
      found.set(path, {
        version,
        cpu: [platform.cpu],
        ...(owner.dev ? { dev: true } : {}),
        optional: true,
        os: [platform.os],
      });
    }
  }
  return [...found];
}
