import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY } from './ipc/security-headers.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs the built app on the stand-in for electron. */
async function runBuilt(...options: string[]) {
  const env = { ...process.env, STRATA_DATA_DIR: join(dir, 'data'), TMPDIR: dir };
  const program = join(ROOT, 'scripts/fake-electron/run-built.ts');
  return run(process.execPath, [program, ...options], { cwd: dir, env, timeout: 60_000 });
}

function read(...path: string[]): string {
  return readFileSync(join(ROOT, 'out', ...path), 'utf8');
}

/** Every module a built file imports, and through what it imports of its own folder. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  const imports = new Set<string>();
  if (seen.has(file)) return imports;
  seen.add(file);
  for (const [, , name] of read('main', file).matchAll(
    /(from\s*|import\s*\(?\s*|require\()(["'`][^"'`\n]+["'`])/g,
  )) {
    const specifier = (name ?? '').slice(1, -1);
    imports.add(specifier);
    if (specifier.startsWith('./')) for (const one of importsOf(specifier.slice(2), seen)) imports.add(one);
  }
  return imports;
}

describe('the built desktop app', () => {
  it('opens the sample cache, answers its page from the worker, and quits leaving nothing behind', async () => {
    const { stdout, stderr } = await runBuilt('--sample');
    const happened = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(happened).toMatchObject({
      exposed: ['strata'],
      required: ['electron'],
      versions: { strata: '1.2.3' },
      pageUrl: 'app://strata/index.html',
      page: { status: 200, headers: { 'content-security-policy': CONTENT_SECURITY_POLICY } },
      outside: { status: 404 },
      home: { ok: true, value: { status: 'open', isSample: true } },
      refused: { ok: false, error: { code: 'invalid-input' } },
    });
    expect(happened.images.value.length).toBeGreaterThan(0);
    expect(happened.webPreferences).toMatchObject({
      preload: join(ROOT, 'out/preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    expect(readdirSync(dir)).toEqual(['data']);
  });

  it('shows an empty state where no cache is, and makes nothing there', async () => {
    const { stdout } = await runBuilt('--home', 'nowhere');
    expect(JSON.parse(stdout)).toMatchObject({
      home: { ok: true, value: { status: 'no-home', home: join(dir, 'nowhere') } },
      images: { ok: true, value: [] },
    });
    expect(readdirSync(dir)).toEqual(['data']);
  });

  it('tries itself out with --smoke and says that it works', async () => {
    const { stdout } = await runBuilt('--smoke', '--home', 'nowhere');
    expect(stdout).toContain('Strata works here\n');
  });

  it('ends with one line and code 2 for arguments it does not understand', async () => {
    await expect(runBuilt('--home')).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'strata: --home needs a value\n',
    });
  });
});

describe('the built files', () => {
  it('keep electron out of the worker and of the browser host', () => {
    expect([...importsOf('main.js')]).toContain('electron');
    for (const file of ['worker.js', 'serve.js']) {
      const imports = [...importsOf(file)];
      expect(imports.filter((name) => /^electron(\/|$)/.test(name))).toEqual([]);
      expect(imports.length).toBeGreaterThan(3);
    }
  });

  it('leave the native modules to the worker', () => {
    const natives = (file: string) =>
      [...importsOf(file)].filter((name) => /better-sqlite3|koffi/.test(name));
    expect(natives('worker.js')).not.toEqual([]);
    expect(natives('main.js')).toEqual([]);
    expect(natives('serve.js')).toEqual([]);
  });

  it('have one preload script that needs electron and nothing else', () => {
    expect(readdirSync(join(ROOT, 'out/preload'))).toEqual(['preload.cjs']);
    const required = [...read('preload', 'preload.cjs').matchAll(/require\((["'`])([^"'`]+)\1\)/g)];
    expect(required.map(([, , name]) => name)).toEqual(['electron']);
  });

  it('have a page with no inline script, no inline style and no address of another machine', () => {
    const page = read('renderer', 'index.html');
    expect(page).toMatch(/<script type="module"[^>]* src="\.\/assets\/[^"]+"><\/script>/);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(page).not.toMatch(/(?:href|src)="(?:[a-z]+:)?\/\//i);
  });

  it('have style sheets that load nothing from elsewhere', () => {
    const sheets = readdirSync(join(ROOT, 'out/renderer/assets')).filter((name) => name.endsWith('.css'));
    expect(sheets).not.toEqual([]);
    for (const name of sheets) {
      const sheet = read('renderer', 'assets', name);
      expect(sheet).not.toMatch(/url\(\s*["']?(?:[a-z]+:)?\/\//i);
      expect(sheet).not.toContain('@import');
    }
  });
});
