import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { scratchDir } from '../../../test-support/scratch.ts';
import { type StandIn, type StandInOptions, startStandIn } from '../../../test-support/stand-in.ts';
import { resolveHome } from '../home/index.ts';
import { Company } from './company.ts';

const running: StandIn[] = [];

afterEach(async () => {
  for (const process of running.splice(0)) await process.end();
});

async function start(options: StandInOptions): Promise<StandIn> {
  const standIn = await startStandIn(options);
  running.push(standIn);
  return standIn;
}

function makeHome() {
  const home = scratchDir('company');
  for (const folder of ['cache', 'db']) mkdirSync(join(home, folder));
  return resolveHome({ homeOption: home, env: {}, userHome: home });
}

/** Other tests start msb at any time; should one not be told apart in the moment it begins, that passes. */
const SOON = { timeout: 20_000 };

async function isAloneSoon(company: Company): Promise<void> {
  const look = async () => {
    await company.leaves();
    return company.isAlone;
  };
  await expect.poll(look, SOON).toBe(true);
}

/** What `leaves` has come to so far. */
function waitFor(company: Company): { isOver: boolean; readonly over: Promise<void> } {
  const state = { isOver: false, over: company.leaves() };
  void state.over.then(() => {
    state.isOver = true;
  });
  return state;
}

describe.runIf(process.platform === 'linux')('the company of a removal', () => {
  const signal = () => new AbortController().signal;

  it('is alone where nobody works on the cache', async () => {
    const company = new Company(makeHome(), signal());
    await isAloneSoon(company);
    await expect.poll(() => company.hasCome(), SOON).toBe(false);
  });

  it('waits for an msb that runs until it has ended', async () => {
    const paths = makeHome();
    const msb = await start({ env: { MSB_HOME: paths.home } });
    const wait = waitFor(new Company(paths, signal()));
    await delay(100);
    expect(wait.isOver).toBe(false);
    await msb.end();
    await wait.over;
  });

  it('does not get used to a command that goes on, but to one that serves a sandbox', async () => {
    const paths = makeHome();
    const env = { MSB_HOME: paths.home };
    await start({ env, command: 'run' });
    const company = new Company(paths, signal());
    await company.leaves();
    await expect.poll(() => company.hasCome(), SOON).toBe(false);
    expect(company.isAlone).toBe(false);
    await start({ env, command: 'load' });
    await company.leaves();
    expect(company.hasCome()).toBe(true);
  }, 30_000);

  it('notices an msb that comes after the wait, and none that was waited for', async () => {
    const paths = makeHome();
    const company = new Company(paths, signal());
    await company.leaves();
    const msb = await start({ env: { MSB_HOME: paths.home } });
    expect(company.hasCome()).toBe(true);
    await msb.end();
    await expect.poll(() => company.hasCome(), SOON).toBe(false);
  });

  it('goes on noticing it, however often nobody had come before', async () => {
    const paths = makeHome();
    const company = new Company(paths, signal());
    await company.leaves();
    await expect.poll(() => company.hasCome(), SOON).toBe(false);
    const msb = await start({ env: { MSB_HOME: paths.home } });
    expect([company.hasCome(), company.hasCome()]).toEqual([true, true]);
    await msb.end();
  });

  it('is not alone while a program with the SDK has the database open', async () => {
    const paths = makeHome();
    const program = await start({ name: 'agent', database: paths.databaseFile });
    const company = new Company(paths, signal());
    await company.leaves();
    expect(company.isAlone).toBe(false);
    await program.end();
    await isAloneSoon(company);
  });

  it('stops waiting when the removal is stopped', async () => {
    const paths = makeHome();
    await start({ env: { MSB_HOME: paths.home } });
    const controller = new AbortController();
    const wait = waitFor(new Company(paths, controller.signal));
    controller.abort();
    await wait.over;
    expect(wait.isOver).toBe(true);
  });
});
