import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { type StandIn, type StandInOptions, startStandIn } from '../../../test-support/stand-in.ts';
import { resolveHome } from '../home/index.ts';
import type { HomePaths } from '../home/paths.ts';
import { isOpenElsewhere, isSameProcess, isStillThere, listMsbProcesses } from './msb-processes.ts';
import { startOf } from './processes.ts';

const running: StandIn[] = [];

afterEach(async () => {
  for (const process of running.splice(0)) await process.end();
});

async function start(options: StandInOptions): Promise<number> {
  const standIn = await startStandIn(options);
  running.push(standIn);
  return standIn.pid;
}

function makeHome(): HomePaths {
  const home = join(scratchDir('processes'), 'home');
  for (const folder of ['cache', 'db', 'run/locks']) mkdirSync(join(home, folder), { recursive: true });
  return resolveHome({ homeOption: home, env: {}, userHome: home });
}

function listed(paths: HomePaths): readonly number[] {
  return listMsbProcesses(paths)!.map(({ pid }) => pid);
}

describe.runIf(process.platform === 'linux')('listMsbProcesses', () => {
  it('finds an msb by the home in its environment, however it is written', async () => {
    const paths = makeHome();
    const link = join(scratchDir('processes'), 'link');
    symlinkSync(paths.home, link);
    const pids = [
      await start({ env: { MSB_HOME: paths.home } }),
      await start({ env: { MSB_HOME: link } }),
      await start({ env: { MSB_HOME: 'home' }, cwd: join(paths.home, '..') }),
    ];
    expect(listed(paths)).toEqual(expect.arrayContaining(pids));
  });

  it('finds one whose home is the default of its user', async () => {
    const paths = makeHome();
    const user = scratchDir('processes');
    renameSync(paths.home, join(user, '.microsandbox'));
    const pid = await start({ env: { HOME: user } });
    expect(listed(resolveHome({ homeOption: null, env: {}, userHome: user }))).toContain(pid);
  });

  it('finds one that a configuration file sends to this cache', async () => {
    const paths = makeHome();
    const other = makeHome();
    writeFileSync(join(other.home, 'config.json'), JSON.stringify({ paths: { cache: paths.cacheDir } }));
    const pid = await start({ env: { MSB_HOME: other.home } });
    expect(listed(paths)).toContain(pid);
    expect(listed(other)).not.toContain(pid);
  });

  it('leaves out an msb of another home, also of one that is not there, and of the user by default', async () => {
    const paths = makeHome();
    const pids = [
      await start({ env: { MSB_HOME: makeHome().home } }),
      await start({ env: { MSB_HOME: '/nowhere/at/all' } }),
      await start({ env: {} }),
    ];
    for (const pid of pids) expect(listed(paths)).not.toContain(pid);
  });

  it('leaves out programs of another name, and virtual machines', async () => {
    const paths = makeHome();
    const lock = join(paths.runDir, 'locks', 'agent.lock');
    writeFileSync(lock, '');
    const env = { MSB_HOME: paths.home };
    const pids = [await start({ env, name: 'msbx' }), await start({ env, lock })];
    for (const pid of pids) expect(listed(paths)).not.toContain(pid);
  });

  it.each([
    ['pull', false],
    ['prune', false],
    ['run', true],
    ['exec', true],
  ])('says of %s that it serves a sandbox: %s', async (command, servesSandbox) => {
    const paths = makeHome();
    const pid = await start({ env: { MSB_HOME: paths.home }, command });
    expect(listMsbProcesses(paths)).toContainEqual(expect.objectContaining({ pid, servesSandbox }));
  });

  it('leaves out one that has ended while its parent takes no notice', async () => {
    const paths = makeHome();
    const line = `sh -c 'printf msb > /proc/$$/comm; echo $$' & exec sleep 60`;
    const parent = spawn('sh', ['-c', line], { env: { ...process.env, MSB_HOME: paths.home } });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    await expect.poll(() => readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/Name:\s+msb\nState:\s+Z/);
    expect(listed(paths)).not.toContain(pid);
    expect(isStillThere({ pid, startedMs: startOf(pid)!, servesSandbox: false })).toBe(false);
    parent.kill();
    await once(parent, 'close');
  });

  it('tells a process that has ended from one that is there', async () => {
    const paths = makeHome();
    const standIn = await startStandIn({ env: { MSB_HOME: paths.home } });
    const found = listMsbProcesses(paths)!.find(({ pid }) => pid === standIn.pid)!;
    expect(Math.abs(found.startedMs - Date.now())).toBeLessThan(60_000);
    expect(isStillThere(found)).toBe(true);
    expect(isStillThere({ ...found, startedMs: found.startedMs - 1000 })).toBe(false);
    expect(isSameProcess(found, { ...found, startedMs: found.startedMs + 1 })).toBe(true);
    await standIn.end();
    expect(isStillThere(found)).toBe(false);
    expect(listed(paths)).not.toContain(found.pid);
  });
});

describe.runIf(process.platform === 'linux')('isOpenElsewhere', () => {
  it('is false while nobody has the database open, or there is none', async () => {
    expect(isOpenElsewhere(makeHome(), [])).toBe(false);
  });

  it('notices a program that has it open, until it ends', async () => {
    const paths = makeHome();
    const program = await startStandIn({ name: 'agent', database: paths.databaseFile });
    expect(isOpenElsewhere(paths, [])).toBe(true);
    expect(isOpenElsewhere(paths, [{ pid: program.pid }])).toBe(false);
    await program.end();
    expect(isOpenElsewhere(paths, [])).toBe(false);
  });

  it('does not count a virtual machine, which has it open for as long as it runs', async () => {
    const paths = makeHome();
    const lock = join(paths.runDir, 'locks', 'agent.lock');
    writeFileSync(lock, '');
    await start({ name: 'machine', database: paths.databaseFile, lock });
    expect(isOpenElsewhere(paths, [])).toBe(false);
  });
});
