import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BUILT = fileURLToPath(new URL('../out/main/serve.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('./serve.ts', import.meta.url));
const TOKEN = 'the-token-of-this-test';

let dir: string;
let children: ChildProcess[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

function start(program: string, ...options: string[]) {
  const env = { ...process.env, STRATA_DATA_DIR: join(dir, 'data'), TMPDIR: dir, MSB_HOME: '', HOME: dir };
  const child = spawn(process.execPath, [program, ...options], { cwd: dir, env });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  /** The address up to the fragment, once the one line is there. */
  async function address(): Promise<string> {
    while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
    return /http:[^#]+/.exec(output.stdout)?.[0] ?? '';
  }
  return { child, ended, address };
}

async function call(address: string, name: string, token = TOKEN, input: object = {}): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`${address}ipc/${name}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(input),
  });
  // Progress comes before the result.
  return JSON.parse((await response.text()).trim().split('\n').at(-1)!);
}

describe.each([
  ['built', BUILT],
  ['straight from TypeScript', SOURCE],
])('serve, %s', (_title, program) => {
  it('prints one line, answers, and ends with Ctrl-C leaving nothing behind', async () => {
    const { child, ended, address } = start(program, '--sample', '--token', TOKEN);
    const url = await address();
    expect(await call(url, 'home.get')).toMatchObject({
      ok: true,
      value: { status: 'open', isSample: true },
    });
    expect(await (await fetch(url)).text()).toContain('<title>Strata</title>');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`Strata is at ${url}#token=${TOKEN}\n`);
    expect(readdirSync(dir).filter((name) => name !== 'data')).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('serve', () => {
  it('makes up a token, another one every time, that works', async () => {
    const tokens = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      const { child, ended, address } = start(BUILT, '--home', 'nowhere');
      const url = await address();
      child.kill('SIGTERM');
      const { code, stdout } = await ended;
      expect(code).toBe(0);
      tokens.add(/#token=([A-Za-z0-9_-]{43})\n$/.exec(stdout)?.[1] ?? '');
      expect(stdout).toContain(url);
    }
    expect(tokens.size).toBe(2);
  });

  it('takes a home relative to where it is started, and makes nothing where there is none', async () => {
    const { child, ended, address } = start(BUILT, '--home', 'nowhere', '--token', TOKEN);
    const url = await address();
    expect(await call(url, 'home.get')).toMatchObject({
      value: { status: 'no-home', home: join(dir, 'nowhere') },
    });
    expect(existsSync(join(dir, 'nowhere'))).toBe(false);
    child.kill('SIGTERM');
    await ended;
  });

  it('never writes the token to disk, and to the terminal only once', async () => {
    const { child, ended, address } = start(BUILT, '--sample', '--token', TOKEN);
    const url = await address();
    await call(url, 'home.get');
    await call(url, 'images.list', 'a-wrong-token');
    // These write: settings, the activity log, what was removed and can be undone.
    expect(await call(url, 'settings.set', TOKEN, { undoMinutes: 5 })).toMatchObject({
      ok: true,
    });
    expect(await call(url, 'cache.gc')).toMatchObject({ ok: true });
    expect(filesWith(TOKEN)).toEqual({ looked: expect.any(Number), found: [] });
    expect(filesWith(TOKEN).looked).toBeGreaterThan(20);
    child.kill('SIGTERM');
    const { stdout, stderr } = await ended;
    expect(stdout.split(TOKEN)).toHaveLength(2);
    expect(stderr).not.toContain(TOKEN);
    expect(filesWith(TOKEN).found).toEqual([]);
  });

  /** Everything below the folder that is the program's home, scratch and data: the cache, and all that is its own. */
  function filesWith(text: string): { looked: number; found: readonly string[] } {
    const files = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((file) => join(file.parentPath, file.name));
    return { looked: files.length, found: files.filter((path) => readFileSync(path).includes(text)) };
  }

  it.each([
    [['--port', 'many'], 'strata: --port is a number from 0 to 65535, not “many”\n'],
    [['--token', 'short'], 'strata: --token takes 8 to 256 characters out of A-Z a-z 0-9 - _ . ~\n'],
    [['--home'], 'strata: --home needs a value\n'],
  ])('ends with one line and code 2 for %j', async (options, stderr) => {
    expect(await start(BUILT, ...options).ended).toEqual({ code: 2, stdout: '', stderr });
  });

  it('ends with one line when the port is taken', async () => {
    const first = start(BUILT, '--home', 'nowhere');
    const { port } = new URL(await first.address());
    expect(await start(BUILT, '--home', 'nowhere', '--port', port).ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `strata: Port ${port} of 127.0.0.1 cannot be opened: another program has it\n`,
    });
  });
});
