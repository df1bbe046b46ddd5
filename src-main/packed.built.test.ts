import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCache, type TestCache } from '../test-support/cache.ts';
import { standardImages } from '../test-support/images.ts';
import { describeWithMsb } from '../test-support/msb-suite.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);

/** Everything the package may hold. */
const EXPECTED = [
  /^(package\.json|README\.md|LICENSE|bin\/strata\.mjs)$/,
  /^out\/main\/[\w-]+\.js$/,
  /^out\/(main|renderer)\/licenses\.md$/,
  /^out\/preload\/preload\.cjs$/,
  /^out\/renderer\/(index\.html|assets\/[\w.-]+\.(js|css|svg|png|woff2))$/,
  /^resources\/(sample\/home\.tar\.gz|icon\/linux\/256x256\.png)$/,
];
/** What npm installs with it, and what those need. */
const INSTALLED = ['better-sqlite3', 'koffi', '@koromix'];

describeWithMsb(
  'the npm package',
  (version) => {
    let dir: string;
    let program: string;
    let cache: TestCache;

    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
      await run(process.execPath, [join(ROOT, 'scripts/pack.mjs'), dir]);
      const [archive] = readdirSync(dir);
      const modules = join(dir, 'app', 'node_modules');
      mkdirSync(modules, { recursive: true });
      await run('tar', ['-xzf', join(dir, archive!), '-C', modules]);
      for (const name of INSTALLED) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
      program = join(modules, 'package', 'bin', 'strata.mjs');
      cache = await makeCache({ version, images: standardImages() });
    });
    afterAll(() => rmSync(dir, { recursive: true }));

    const environment = () => ({
      PATH: process.env.PATH ?? '',
      HOME: dir,
      STRATA_DATA_DIR: join(dir, 'data'),
      MSB_HOME: cache.home,
    });
    async function strata(...argv: string[]): Promise<unknown> {
      const options = { cwd: dir, env: environment() };
      const { stdout } = await run(process.execPath, [program, ...argv, '--json'], options);
      return JSON.parse(stdout);
    }

    it('holds what runs and nothing of what it is made with', async () => {
      const root = join(program, '..', '..');
      const files = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll('\\', '/'),
        );
      expect(files.filter((file) => !EXPECTED.some((expected) => expected.test(file)))).toEqual([]);
      const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        dependencies: object;
        optionalDependencies: object;
      };
      expect(manifest).not.toHaveProperty('devDependencies');
      expect(manifest).not.toHaveProperty('private');
      expect(Object.keys(manifest.dependencies)).toEqual(['better-sqlite3', 'koffi']);
      expect(Object.keys(manifest.optionalDependencies).filter((name) => !name.startsWith('node-'))).toEqual(
        [],
      );
    });

    it('carries the licence of everything that is bundled', () => {
      const licences = readFileSync(join(program, '../../out/renderer/licenses.md'), 'utf8');
      for (const name of ['react', '@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'])
        expect(licences).toContain(`## ${name} - `);
      expect(licences).toContain('SIL OPEN FONT LICENSE');
    });

    it('lists, inspects, measures, plans and collects on a cache of msb', async () => {
      const images = (await strata('list')) as { reference: string }[];
      expect(images).toHaveLength(5);
      const { reference } = images[0]!;
      expect(await strata('inspect', reference)).toMatchObject({ handle: { reference } });
      expect(await strata('usage')).toMatchObject({ counts: { references: 5 } });
      expect(await strata('plan', 'gc')).toMatchObject({ items: [], bytes: 0 });
      expect(await strata('gc', '--yes')).toMatchObject({ count: 0, bytesFreed: 0 });
      expect(await strata('remove', 'alpine', '--yes')).toMatchObject({ isCancelled: false });
      expect(await strata('list')).toHaveLength(4);
    });

    it('serves the window to a browser where Electron is not installed', async () => {
      const host = spawn(
        process.execPath,
        [program, 'serve', '--port', '0', '--token', 'a-token-of-this-test'],
        {
          cwd: dir,
          env: environment(),
        },
      );
      const [line] = (await once(host.stdout, 'data')) as [Buffer];
      const url = /http:\S+/.exec(line.toString())?.[0] as string;
      expect(await (await fetch(url)).text()).toContain('<title>Strata</title>');
      host.kill('SIGTERM');
      const [code] = await once(host, 'close');
      expect(code).toBe(0);
    });
  },
  ['0.6.18'],
);
