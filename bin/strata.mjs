#!/usr/bin/env node
// `strata`: opens the app, serves it to a browser, or runs one command on the cache (`strata help`).
// Node 20 syntax and no dependencies: it may be started by a Node too old for the program itself.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The native SQLite driver needs it. */
const MINIMUM_NODE = [22, 14];
/** A clone builds itself when asked; what npm installed is built. */
const RUN = path.join(ROOT, 'scripts', 'run.mjs');
const IS_CLONE = existsSync(RUN);

const [first = '', ...others] = process.argv.slice(2);
const opensApp = first === '' || first.startsWith('strata:') || /^--(home|sample|smoke)(=|$)/.test(first);

if (first === '--version') printVersion();
else if (first === 'serve') process.exitCode = await serve(others);
else if (opensApp) process.exitCode = await open(process.argv.slice(2));
else await command();

function printVersion() {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  process.stdout.write(`${version}\n`);
}

async function open(args) {
  if (IS_CLONE) return run(process.execPath, [RUN, 'start', ...fromHere(args)]);
  const electron = findElectron();
  if (electron !== null) return run(electron, [ROOT, ...args]);
  process.stdout.write('Electron cannot run here. Opening in the browser instead.\n');
  return serve(args.filter((argument) => !argument.startsWith('strata:')));
}

function serve(args) {
  if (IS_CLONE) return run(process.execPath, [RUN, 'serve', ...fromHere(args)]);
  const node = findNode();
  return node === null ? 1 : run(node, [path.join(ROOT, 'out', 'main', 'serve.js'), ...args]);
}

/** The engine in this very process, unless this Node is too old for it. */
async function command() {
  if (IS_CLONE && !existsSync(path.join(ROOT, 'node_modules'))) {
    fail('nothing is installed yet: run npm ci in the clone first');
    return;
  }
  const node = findNode();
  if (node === null) return;
  if (first === '--help') process.argv[2] = 'help';
  if (node === process.execPath) await import(pathToFileURL(commandFile()).href);
  else process.exitCode = await run(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}

/** In a clone the source, which is never older than the build, where this Node runs TypeScript. */
function commandFile() {
  const source = path.join(ROOT, 'src-main', 'cli.ts');
  const built = path.join(ROOT, 'out', 'main', 'cli.js');
  return process.features.typescript && existsSync(source) ? source : built;
}

/** A Node the engine runs on: this one, else the one npm installed with a clone or beside a package. */
function findNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]))
    return process.execPath;
  const name = process.platform === 'win32' ? 'node.cmd' : 'node';
  const places = [path.join(ROOT, 'node_modules', '.bin', name), path.join(ROOT, '..', '.bin', name)];
  const own = places.find((file) => existsSync(file));
  if (own !== undefined) return own;
  fail(`Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${process.versions.node}`);
  return null;
}

/** The Electron installed beside the package, where a window can open. */
function findElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return null;
  if (process.getuid?.() === 0) return null;
  try {
    const file = createRequire(path.join(ROOT, 'package.json'))('electron');
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** The clone's script works in the clone; a relative home means relative to where the person is. */
function fromHere(args) {
  return args.map((argument, index) => {
    if (argument.startsWith('--home=')) return `--home=${path.resolve(argument.slice('--home='.length))}`;
    const isHome = args[index - 1] === '--home' && argument !== '' && !argument.startsWith('--');
    return isHome ? path.resolve(argument) : argument;
  });
}

/** Runs a program to its end and answers its exit code. */
function run(program, args) {
  return new Promise((resolve) => {
    const isScript = program.endsWith('.cmd');
    const quoted = isScript ? args.map((argument) => `"${argument}"`) : args;
    const child = spawn(isScript ? `"${program}"` : program, quoted, { stdio: 'inherit', shell: isScript });
    // The terminal sends Ctrl-C to the whole group: the child ends by itself, and we wait for it.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      fail(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function fail(message) {
  process.stderr.write(`strata: ${message}\n`);
  process.exitCode = 1;
}
