import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { makeCache } from '../../../test-support/cache.ts';
import { standardImages } from '../../../test-support/images.ts';
import { listTree, SQLITE_SIDE_FILES } from '../../../test-support/list-tree.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { HostileClient, lookAtEverything, refusals } from './client.fixture.ts';

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

/**
 * A process that makes files and folders of a cache vanish and come back, or be others for a moment, as fast as it
 * can. Everything is as it was when it ends, which it does with its standard input.
 */
const MISCHIEF = `
const fs = require('node:fs');
const path = require('node:path');
const cache = process.argv[1];
const away = path.join(cache, '..', 'away');
const folders = ['layers', 'fsmeta', 'vmdk', 'manifests', 'tmp'];
const files = folders.flatMap((folder) => fs.readdirSync(path.join(cache, folder)).map((name) => folder + '/' + name));
let random = 7;
const next = (below) => (random = (random * 48271) % 2147483647) % below;
const pick = (list) => path.join(cache, list[next(list.length)]);
const tricks = [
  (file) => { fs.renameSync(file, away); fs.renameSync(away, file); },
  (file) => { fs.renameSync(file, away); fs.symlinkSync('/etc/passwd', file); fs.unlinkSync(file); fs.renameSync(away, file); },
  (file) => { fs.renameSync(file, away); fs.mkdirSync(file); fs.rmdirSync(file); fs.renameSync(away, file); },
  (file) => { fs.renameSync(file, away); fs.writeFileSync(file, '{'); fs.unlinkSync(file); fs.renameSync(away, file); },
];
let isEnding = false;
process.stdin.on('end', () => { isEnding = true; });
process.stdin.resume();
let done = 0;
const step = () => {
  for (let index = 0; index < 20; index += 1) {
    const isFolder = next(10) === 0;
    tricks[next(tricks.length)](pick(isFolder ? folders : files));
    done += 1;
  }
  if (isEnding) process.stdout.write(String(done));
  else setImmediate(step);
};
process.stdout.write('begun');
step();
`;

async function makeMischief(cacheDir: string): Promise<() => Promise<number>> {
  const child = spawn(process.execPath, ['--eval', MISCHIEF, cacheDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`the mischief ended with ${code}`);
    return Number(said.slice('begun'.length));
  };
}

describeWithMsb(
  'files that vanish and come back while they are looked at',
  (version) => {
    it('make no call fail but those about them, and are all there afterwards', async () => {
      const cache = await makeCache({ version, images: standardImages() });
      const client = new HostileClient(cache.home, scratchDir('hostile'));
      ending.push(() => client.close());
      const healthy = await lookAtEverything(client);
      const before = listTree(cache.home, { ignore: SQLITE_SIDE_FILES });
      const stop = await makeMischief(cache.cacheDir);
      for (let round = 0; round < 15; round += 1) {
        const seen = await lookAtEverything(client);
        expect(seen.get('images.list')).toEqual(healthy.get('images.list'));
        for (const [call, error] of Object.entries(refusals(seen)))
          expect([call, error.code]).toEqual([
            expect.stringMatching(/^list /),
            expect.stringMatching(/damaged|not-found/),
          ]);
      }
      expect(await stop()).toBeGreaterThan(100);
      expect(listTree(cache.home, { ignore: SQLITE_SIDE_FILES })).toEqual(before);
      const calm = await lookAtEverything(client);
      expect(calm.get('images.facts')).toEqual(healthy.get('images.facts'));
    });
  },
  ['0.6.18'],
);
