import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackSample } from './engine/home/sample.ts';

const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const SAMPLE = file('resources/sample/home.tar.gz');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const environment = () => ({ ...process.env, STRATA_DATA_DIR: join(dir, 'data'), MSB_HOME: '' });

function run(program: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { cwd: dir, env: environment(), timeout: 60_000 };
    execFile(process.execPath, [program, ...argv], options, (error, out, err) => {
      resolve({ code: (error?.code as number | undefined) ?? 0, out, err });
    });
  });
}

describe.each([
  ['built', file('out/main/cli.js')],
  ['straight from TypeScript', file('src-main/cli.ts')],
  ['by the strata bin', file('bin/strata.mjs')],
])('the command line, %s', (_title, program) => {
  it('lists, plans and collects, and ends by itself', async () => {
    await unpackSample(SAMPLE, join(dir, 'home'));
    const list = await run(program, 'list', '--home', 'home', '--json');
    expect({ ...list, out: JSON.parse(list.out).length }).toEqual({ code: 0, out: 13, err: '' });
    const refused = await run(program, 'gc', '--home', 'home');
    expect(refused).toMatchObject({ code: 2, err: 'strata: nothing was removed: add --yes to do this\n' });
    const collected = await run(program, 'gc', '--home', 'home', '--yes');
    expect(collected).toMatchObject({ code: 0, err: '' });
    expect(collected.out).toMatch(/Removed \d+ items, freed [\d.]+ MB\./);
    expect((await run(program, 'plan', 'gc', '--home', 'home')).out).toContain('Nothing to remove.');
  });

  it('explains itself, and refuses what it does not know', async () => {
    expect(await run(program, 'help')).toMatchObject({ code: 0, out: expect.stringContaining('usage:') });
    expect(await run(program, 'lits')).toEqual({
      code: 2,
      out: '',
      err: 'strata: “lits” is not a command; try strata help\n',
    });
  });

  it('ends quietly when its reader has had enough', async () => {
    await unpackSample(SAMPLE, join(dir, 'home'));
    const child = spawn(process.execPath, [program, 'plan', 'prune', '--home', 'home', '--json'], {
      cwd: dir,
      env: environment(),
    });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

it('leaves nothing behind but its own data', async () => {
  await run(file('out/main/cli.js'), 'list', '--home', 'nowhere');
  expect(readdirSync(dir).filter((name) => name !== 'data')).toEqual([]);
});
