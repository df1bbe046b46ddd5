// `npm run pack`: what people install who have npm, as dist/strata-<version>.tgz. Not the clone's own manifest: whoever
// installs Strata needs neither the tools it is built with nor the msb its tests run. Needs `npm run build` first.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.resolve(process.argv[2] ?? path.join(ROOT, 'dist'));
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** Fields of package.json that mean the same to those who install it. */
const KEPT = [
  ...['name', 'productName', 'version', 'description', 'license', 'type', 'main', 'bin'],
  ...['desktopName', 'files', 'engines', 'dependencies'],
];
/** The Node that a Node too old for the engine starts instead. */
const isNode = (name) => name.startsWith('node-');

if (!existsSync(path.join(ROOT, 'out', 'main', 'cli.js'))) {
  console.error('Nothing is built yet: run npm run build first.');
  process.exit(1);
}
const folder = mkdtempSync(path.join(tmpdir(), 'strata-pack-'));
try {
  for (const name of [...manifest.files, 'README.md', 'LICENSE']) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(published(), null, 2)}\n`);
  mkdirSync(target, { recursive: true });
  process.exitCode = npmPack();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function published() {
  const optional = Object.entries(manifest.optionalDependencies).filter(([name]) => isNode(name));
  return {
    ...Object.fromEntries(KEPT.map((field) => [field, manifest[field]])),
    optionalDependencies: Object.fromEntries(optional),
  };
}

function npmPack() {
  const { status } = spawnSync(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', target],
    {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  );
  return status ?? 1;
}
