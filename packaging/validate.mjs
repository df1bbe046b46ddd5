// `npm run validate`: packs the built app for Linux with the real packager around a stand-in for Electron's binary, and
// looks at what came out. It needs no display, no root and no download of Electron, and leaves nothing behind.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import config from './electron-builder.config.mjs';
import { buildStandIn } from './stand-in.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(HERE);
const TOKEN = 'the-token-of-the-validation';
const INSTALL_MS = 300_000;
const STEP_MS = 120_000;

/** Everything the archive may hold; a new dependency has to be added here on purpose. */
const EXPECTED = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/main\/[\w-]+\.js$/,
  /^out\/(main|renderer)\/licenses\.md$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/renderer\/(index\.html|assets\/[\w.-]+\.(js|css|svg|png|woff2))$/,
  /^resources\/sample\/home\.tar\.gz$/,
  /^resources\/icon\/linux\/256x256\.png$/,
  /^node_modules\/better-sqlite3\/(LICENSE|package\.json|lib\/.+\.js|prebuilds\/linux-\w+\.node)$/,
  /^node_modules\/koffi\/(LICENSE\.txt|package\.json|.+\.c?js)$/,
  /^node_modules\/@koromix\/koffi-linux-\w+\/(package\.json|.+\.js|linux_\w+\/koffi\.node)$/,
];
/** What has to be there for the app to start. */
const NEEDED = [
  'out/main/main.js',
  'out/main/worker.js',
  'out/main/look-thread.js',
  'out/main/unlink-thread.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
];

if (!NEEDED.every((file) => existsSync(path.join(ROOT, file)))) {
  console.error('Nothing is built yet: run npm run build in the folder above first.');
  process.exit(1);
}

const packager = installPackager();
const require = createRequire(path.join(packager, 'package.json'));
const asar = await import(pathToFileURL(require.resolve('@electron/asar')).href);
const fuses = await import(pathToFileURL(require.resolve('@electron/fuses')).href);
const scratch = mkdtempSync(path.join(tmpdir(), 'strata-validate-'));
let problems = 0;
try {
  const unpacked = pack();
  const archive = path.join(unpacked, 'resources', 'app.asar');
  const files = filesOf(archive);
  checkFiles(archive, files);
  await checkFuses(path.join(unpacked, config.linux.executableName));
  await checkExtracted(archive);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(problems === 0 ? 'The package is as it should be.' : `${problems} problems.`);
process.exitCode = problems === 0 ? 0 : 1;

/** From its own lockfile, into a folder that is kept for the next time. */
function installPackager() {
  const lock = readFileSync(path.join(HERE, 'package-lock.json'));
  const name = `strata-packager-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`;
  const folder = path.join(tmpdir(), name);
  if (existsSync(path.join(folder, 'installed'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  for (const file of ['package.json', 'package-lock.json'])
    cpSync(path.join(HERE, file), path.join(folder, file));
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    timeout: INSTALL_MS,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The packager could not be installed');
  writeFileSync(path.join(folder, 'installed'), '');
  return folder;
}

/** Answers the folder with the packed app. */
function pack() {
  const standIn = path.join(scratch, 'electron');
  const output = path.join(scratch, 'dist');
  const { version } = JSON.parse(
    readFileSync(path.join(ROOT, 'node_modules', 'electron', 'package.json'), 'utf8'),
  );
  buildStandIn(standIn, version);
  const cli = path.join(packager, 'node_modules', 'electron-builder', 'cli.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[cli, '--linux', '--dir', `--${process.arch}`, '--publish', 'never', '--projectDir', ROOT],
      ...['--config', path.join(HERE, 'electron-builder.config.mjs')],
      ...[`-c.electronDist=${standIn}`, `-c.directories.output=${output}`],
    ],
    { encoding: 'utf8', timeout: STEP_MS },
  );
  if (status !== 0) throw new Error(`electron-builder failed:\n${stdout}${stderr}`);
  return path.join(output, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
}

function filesOf(archive) {
  return asar
    .listPackage(archive, { isPack: false })
    .map((name) => name.slice(1).replaceAll('\\', '/'))
    .filter((name) => asar.statFile(archive, path.normalize(name)).files === undefined);
}

function checkFiles(archive, files) {
  const strangers = files.filter((file) => !EXPECTED.some((expected) => expected.test(file)));
  check('the archive holds what the app needs and nothing else', strangers.length === 0, strangers);
  const missing = NEEDED.filter((file) => !files.includes(file));
  check('the archive holds main, worker, preload and page', missing.length === 0, missing);
  const natives = files.filter((file) => file.endsWith('.node'));
  check('two native modules, both of this system', natives.length === 2, natives);
  const packed = natives.filter((file) => !existsSync(path.join(`${archive}.unpacked`, file)));
  check('native modules lie beside the archive, where they can be loaded', packed.length === 0, packed);
}

async function checkFuses(executable) {
  const wire = await fuses.getCurrentFuseWire(executable);
  const { FuseV1Options, FuseState } = fuses;
  const wanted = {
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    GrantFileProtocolExtraPrivileges: false,
    // As Electron ships them.
    LoadBrowserProcessSpecificV8Snapshot: false,
    WasmTrapHandlers: true,
  };
  const wrong = Object.entries(wanted).filter(
    ([name, isOn]) => wire[FuseV1Options[name]] !== (isOn ? FuseState.ENABLE : FuseState.DISABLE),
  );
  check('every fuse is as the configuration says', wrong.length === 0, wrong);
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  const unsaid = known.filter((name) => !(name in wanted));
  check('the packager knows no fuse that nobody decided on', unsaid.length === 0, unsaid);
}

/** No part of the clone can help: the files of the archive, alone in a folder, started by plain Node. */
async function checkExtracted(archive) {
  const app = path.join(scratch, 'app');
  asar.extractAll(archive, app);
  const env = { ...process.env, STRATA_DATA_DIR: path.join(scratch, 'data'), TMPDIR: scratch };
  const serve = path.join(app, 'out', 'main', 'serve.js');
  const host = spawn(process.execPath, [serve, '--sample', '--token', TOKEN], { cwd: scratch, env });
  try {
    const url = /http:\/\/[^/]+/.exec(await firstLine(host))?.[0] ?? '';
    const state = await call(url, 'home.get');
    check('the engine answers from its thread', state.ok && state.value.isSample, [JSON.stringify(state)]);
    const images = await call(url, 'images.list');
    check('the sample cache opens', images.ok && images.value.length > 0, [JSON.stringify(images)]);
    const page = await fetch(`${url}/`);
    check('the page is served', (await page.text()).includes('<title>Strata</title>'), [page.status]);
  } finally {
    host.kill('SIGTERM');
    await new Promise((resolve) => host.once('close', resolve));
  }
  const nowhere = path.join(scratch, 'nowhere');
  const cli = spawnSync(process.execPath, [path.join(app, 'out', 'main', 'cli.js'), 'list'], {
    env: { ...env, MSB_HOME: nowhere },
    encoding: 'utf8',
    timeout: STEP_MS,
  });
  check('the command line answers', cli.status === 0 && cli.stdout === 'No images.\n', [cli.stderr]);
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text);
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.once('close', () => reject(new Error(`The host ended: ${text}`)));
  });
}

async function call(url, name) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const response = await fetch(`${url}/ipc/${name}`, { method: 'POST', headers, body: '{}' });
  return JSON.parse((await response.text()).trim().split('\n').at(-1));
}

function check(what, isTrue, details) {
  console.log(`${isTrue ? 'ok  ' : 'FAIL'} ${what}`);
  if (isTrue) return;
  problems += 1;
  for (const detail of details) console.log(`       ${detail}`);
}
