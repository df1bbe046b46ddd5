import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeDockerArchive, writeLayerTar } from '../../test-support/archive.ts';
import { runMsb } from '../../test-support/msb.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { directory, file, symlink, type TarEntry } from '../../test-support/tar-entry.ts';

export interface BigLayer {
  readonly tar: string;
  readonly erofs: string;
  readonly diffId: string;
  readonly entries: number;
}

/** A layer as the real msb stores it, and its tar. Goes with this process. */
export async function makeBigLayer(entries: () => Iterable<TarEntry>): Promise<BigLayer> {
  const folder = scratchDir('bench');
  const tar = join(folder, 'layer.tar');
  const archive = join(folder, 'image.tar');
  const home = join(folder, 'home');
  mkdirSync(home);
  const { diffId } = writeLayerTar(tar, entries());
  writeDockerArchive(archive, [{ references: ['bench'], layers: [{ entries: entries() }] }]);
  await runMsb(home, ['load', '--quiet', '--input', archive], { timeoutMs: 600_000 });
  const erofs = join(home, 'cache', 'layers', `${diffId.replace(':', '_')}.erofs`);
  return { tar, erofs, diffId, entries: [...entries()].length };
}

/** Packages like those of a language's library folder: many small files a few folders deep. */
export function* packages(total: number): Generator<TarEntry> {
  for (let made = 0, number = 0; made < total; number += 1) {
    const folder = `usr/lib/node_modules/@scope-${number % 37}/package-${number}`;
    const content = Array.from(
      { length: 14 },
      (_, n) => `${folder}/${n < 7 ? 'lib' : 'src/inner'}/module-${n}.js`,
    );
    const all = [
      directory(folder),
      directory(`${folder}/lib`),
      directory(`${folder}/src`),
      directory(`${folder}/src/inner`),
      file(`${folder}/package.json`, `{"name":"package-${number}"}`, { uid: 1000 }),
      symlink(`${folder}/latest`, 'lib/module-0.js'),
      ...content.map((path, n) => file(path, n % 4 === 0 ? '' : `export const n = ${number * 20 + n};\n`)),
    ];
    yield* all.slice(0, total - made);
    made += all.length;
  }
}

/** All files in one directory. */
export function* flat(total: number): Generator<TarEntry> {
  yield directory('flat');
  for (let number = 1; number < total; number += 1)
    yield file(`flat/object-${String(number).padStart(8, '0')}`, '');
}
