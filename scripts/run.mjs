// `npm start`, `npm test` and `npm run serve` from a fresh clone: installs what is missing, then runs the steps.
// Node 20 syntax and no dependencies, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './browser.mjs';
import { findRegistry } from './registry.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const BIN = path.join(ROOT, 'node_modules', '.bin');
const STAMP = path.join(ROOT, 'node_modules', '.installed');
const IS_WINDOWS = process.platform === 'win32';
/** Below this the tools do not run; the project's own Node comes from npm where there is a package for it. */
const MINIMUM_NODE = [22, 14];
/** A network that drops packets must not keep anybody from the browser host. */
const ELECTRON_DOWNLOAD_MS = 180_000;
const SOURCES = ['src-main', 'src-renderer', 'src-shared', 'electron.vite.config.ts', 'package-lock.json'];

const [task = '', ...args] = process.argv.slice(2);
/** Programs found by name come from node_modules first: `node` is then the project's own. */
const env = { ...process.env, PATH: `${BIN}${path.delimiter}${process.env.PATH ?? ''}` };
const running = new Set();

// The terminal sends Ctrl-C to the whole group: the child ends by itself, and we wait for it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
  });
}

class Failure extends Error {}

const TASKS = { start, test, serve };

try {
  if (!Object.hasOwn(TASKS, task)) fail(`Unknown task "${task}": start, test or serve.`);
  await install();
  process.exitCode = await TASKS[task]();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function test() {
  const chromium = await findChromium(run);
  await findRegistry(run);
  const steps = ['typecheck', 'lint', 'unit', 'build', 'built', 'e2e'];
  for (const step of steps) {
    const code = await run('npm', ['run', '--silent', step], { env: { ...env, STRATA_CHROMIUM: chromium } });
    if (code !== 0) {
      console.error(`npm test stopped at "${step}".`);
      return code;
    }
  }
  console.log(`npm test: ${steps.join(', ')} passed.`);
  return 0;
}

async function start() {
  await build();
  const obstacle = await electronObstacle();
  if (obstacle === null) return run('electron', ['.', ...args]);
  console.log(`${obstacle} Opening in the browser instead.`);
  return run('node', ['out/main/serve.js', ...args]);
}

async function serve() {
  await build();
  return run('node', ['out/main/serve.js', ...args]);
}

/** Why the Electron window cannot open here, as a sentence; null when it can. */
async function electronObstacle() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'There is no display.';
  if (process.getuid?.() === 0) return 'Electron does not run as root.';
  const code = await run('node', ['node_modules/electron/install.js'], {
    quiet: true,
    timeout: ELECTRON_DOWNLOAD_MS,
  });
  return code === 0 ? null : "Electron's binary cannot be fetched.";
}

/** Builds unless what was built is newer than every source. */
async function build() {
  const built = path.join(ROOT, 'out', 'main', 'serve.js');
  if (existsSync(built) && newest(SOURCES) < statSync(built).mtimeMs) return;
  const code = await run('npm', ['run', '--silent', 'build'], { quiet: true });
  if (code !== 0) fail('The build failed.');
}

function newest(names) {
  return Math.max(...names.map((name) => newestBelow(path.join(ROOT, name))));
}

function newestBelow(file) {
  const stats = statSync(file);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(file).map((name) => newestBelow(path.join(file, name))));
}

/** Installs what the lockfile says, once per lockfile and platform. */
async function install() {
  const lock = readFileSync(path.join(ROOT, 'package-lock.json'));
  const stamp = createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  if ((await npm(process.execPath, ['ci', ...flags])) !== 0) fail('npm ci failed.');
  if (isOld(process.versions.node)) {
    const node = path.join(BIN, IS_WINDOWS ? 'node.cmd' : 'node');
    if (!existsSync(node))
      fail(`Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
    // npm drops optional packages whose engines exclude the Node it runs on: under the newer one it adds them.
    if ((await npm(node, ['install', '--no-save', ...flags])) !== 0) fail('npm install failed.');
  }
  writeFileSync(STAMP, stamp);
}

function isOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1]);
}

/** npm itself under a given Node: the one that started us knows where it lives. */
function npm(node, parameters) {
  const cli = process.env.npm_execpath;
  const isScript = cli !== undefined && /\.c?js$/.test(cli);
  return isScript
    ? run(node, [cli, ...parameters], { env: process.env, quiet: true })
    : run('npm', parameters, { env: process.env, quiet: true });
}

/**
 * Runs a program to its end and answers its exit code. `quiet` keeps what it prints until it fails.
 */
function run(command, parameters, options = {}) {
  const { quiet = false, timeout, env: childEnv = env } = options;
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      cwd: ROOT,
      env: childEnv,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: IS_WINDOWS,
      timeout,
    });
    const printed = [];
    child.stdout?.on('data', (chunk) => printed.push(chunk));
    child.stderr?.on('data', (chunk) => printed.push(chunk));
    running.add(child);
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      const exit = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
      if (exit !== 0 && quiet && timeout === undefined) process.stderr.write(Buffer.concat(printed));
      resolve(exit);
    });
  });
}

function fail(message) {
  throw new Failure(message);
}
