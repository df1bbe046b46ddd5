import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runMsb } from '../../test-support/msb.ts';
import { describeWithMsb } from '../../test-support/msb-suite.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { displayReference, formatReference, parseReference } from './reference.ts';

const HEX = '06370201f60f9e83e4c0ad5b53fa8ee041cdb6cc3cafffc152e953f1c3dc4e9b';
const DIGEST = `sha256:${HEX}`;

/** What msb answered for each spelling: the text whose hash names its metadata file. */
const ACCEPTED: readonly (readonly [raw: string, canonical: string])[] = [
  ['python', 'docker.io/library/python:latest'],
  ['library/python', 'docker.io/library/python:latest'],
  ['docker.io/python', 'docker.io/library/python:latest'],
  ['index.docker.io/library/python', 'docker.io/library/python:latest'],
  ['index.docker.io/python:3', 'docker.io/library/python:3'],
  ['me/app:V1.0', 'docker.io/me/app:V1.0'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['localhost:5000', 'docker.io/library/localhost:5000'],
  ['registry.example.com:5000/a/b:1', 'registry.example.com:5000/a/b:1'],
  ['My.Host/app', 'My.Host/app:latest'],
  [`python@${DIGEST}`, `docker.io/library/python@${DIGEST}`],
  [`python:3@${DIGEST}`, `docker.io/library/python:3@${DIGEST}`],
  // Upper case before the first slash could be a host, so it passes; without a dot it is none.
  ['Foo/bar', 'docker.io/Foo/bar:latest'],
  ['Foo/bar/baz', 'docker.io/Foo/bar/baz:latest'],
  ['LOCALHOST/x', 'docker.io/LOCALHOST/x:latest'],
  ['Library/x', 'docker.io/Library/x:latest'],
  ['LOCALHOST:5000/x', 'LOCALHOST:5000/x:latest'],
  ['Docker.io/x', 'Docker.io/x:latest'],
  // Only one alias of Docker Hub is known, and not with a port.
  ['registry-1.docker.io/x', 'registry-1.docker.io/x:latest'],
  ['docker.io:443/x', 'docker.io:443/x:latest'],
  ['docker.io', 'docker.io/library/docker.io:latest'],
  ['docker.io/library', 'docker.io/library/library:latest'],
  ['index.docker.io/x/y', 'docker.io/x/y:latest'],
  // A path whose first part has a dot is split as a host although it could not be one.
  ['host_name.com/x', 'host_name.com/x:latest'],
  ['a_b.c/x', 'a_b.c/x:latest'],
  ['host_name/x', 'docker.io/host_name/x:latest'],
  ['foo__bar/x', 'docker.io/foo__bar/x:latest'],
  ['foo---bar', 'docker.io/library/foo---bar:latest'],
  ['a.b', 'docker.io/library/a.b:latest'],
  ['127.0.0.1:5000/x', '127.0.0.1:5000/x:latest'],
  ['1.2.3.4:99999999/x', '1.2.3.4:99999999/x:latest'],
  ['x:80/y:t', 'x:80/y:t'],
  [`x:80/y@${DIGEST}`, `x:80/y@${DIGEST}`],
  ['foo:LATEST', 'docker.io/library/foo:LATEST'],
  ['x:_a', 'docker.io/library/x:_a'],
  ['x:sha256', 'docker.io/library/x:sha256'],
  [DIGEST, `docker.io/library/${DIGEST}`],
  [HEX, `docker.io/library/${HEX}:latest`],
  [`x@sha256:${HEX.toUpperCase()}`, `docker.io/library/x@sha256:${HEX.toUpperCase()}`],
  [`x@sha384:${'a'.repeat(96)}`, `docker.io/library/x@sha384:${'a'.repeat(96)}`],
  [`x@sha512:${'b'.repeat(128)}`, `docker.io/library/x@sha512:${'b'.repeat(128)}`],
  [`x:${'a'.repeat(128)}`, `docker.io/library/x:${'a'.repeat(128)}`],
  // Tags take any Unicode word character, and their length is counted in code points.
  ['x:é', 'docker.io/library/x:é'],
  ['x:日本', 'docker.io/library/x:日本'],
  ['x:a٣', 'docker.io/library/x:a٣'],
  ['x:‿a', 'docker.io/library/x:‿a'],
  [`x:${'𝒜'.repeat(128)}`, `docker.io/library/x:${'𝒜'.repeat(128)}`],
  ['a'.repeat(247), `docker.io/library/${'a'.repeat(247)}:latest`],
  [`q.io/${'a'.repeat(255)}`, `q.io/${'a'.repeat(255)}:latest`],
];

const REJECTED: readonly string[] = [
  '',
  'Python',
  'Foo/Bar',
  'foo/Bar/baz',
  'docker.io/Foo/bar',
  'quay.io/Foo/bar',
  'Foo',
  'Foo:latest',
  'A.b',
  'x:',
  'x:-a',
  'x:.a',
  `x:${'a'.repeat(129)}`,
  `x:${'𝒜'.repeat(129)}`,
  'x:🙂',
  '[::1]:5000/x',
  `x@sha256:${HEX.slice(0, 31)}`,
  `x@sha256:${HEX.slice(0, 32)}`,
  `x@sha256:${HEX}0`,
  `x@SHA256:${HEX}`,
  `x@md5:${'a'.repeat(32)}`,
  `x@sha256+b:${HEX}`,
  'x@',
  'x:t@',
  `@${DIGEST}`,
  ' x',
  'x ',
  'x\n',
  'x\ny',
  'x y',
  'é/x',
  '/a',
  'a/',
  'a//b',
  'a:b:c',
  'a/b:c:d',
  'a:x/b',
  'a.b:/c',
  'host_name:5000/x',
  '.',
  '..',
  '../x',
  'a..b/c',
  '.a/c',
  'a-.b/c',
  '-a',
  'a-',
  '_a',
  'foo___bar',
  'foo._bar',
  'foo.-bar',
  'a'.repeat(248),
  `q.io/${'a'.repeat(256)}`,
  'https://docker.io/x',
  'x?y',
  'x%20',
];

/** From a cache of msb 0.6.18. */
const KEYS: readonly (readonly [raw: string, key: string])[] = [
  ['python', 'e8f1adef354e6465d41314fafa35b9b339282111c233492e861862dd91deee15'],
  ['docker.io/python', 'e8f1adef354e6465d41314fafa35b9b339282111c233492e861862dd91deee15'],
  ['index.docker.io/python:3', '6371eafd0aafe87b65e9299185c2b518985e6666a1f7475a0b6c1b7a71491699'],
  ['me/app:V1.0', '020ceb457d4d1e8128a480c9029b76100ca704bd007d71ea1fdffa14c9ac06c3'],
  ['localhost/app', '28cc1eae1a4bf621245018b9ed388e5df149113163a593be5944896e464a2552'],
  ['localhost:5000/app', 'ee5a8f9657d6c547e65e15befe07a3bb8457464609d37492c612aa1930ea0a8f'],
  ['localhost:5000', 'c3ff9333723715c21ce645f274a08e7471d797e9cb17980300aa5c9268a73f20'],
  ['registry.example.com:5000/a/b:1', '4321a036094306ee95d5a0ce015308ab9a08aa5801b6e1e85e4b8c45715dc0ac'],
  ['My.Host/app', '641615bbba9aeca688fdc074677ade9ab3317d212f0b0953da7b4a0db53ea2f3'],
  [`python@${DIGEST}`, 'd1c8379a2453a146a415009ce88896d32e6cd193745fc4cb2bef507ba5d51f65'],
  [`python:3@${DIGEST}`, '62a899f33f4d9952332162d81e795b5b988ca60d0c9c5fb53513f1395145b920'],
];

function canonical(raw: string): string | null {
  const reference = parseReference(raw);
  return reference === null ? null : formatReference(reference);
}

function keyOf(raw: string): string | null {
  const text = canonical(raw);
  return text === null ? null : createHash('sha256').update(text).digest('hex');
}

describe('parseReference', () => {
  it.each(ACCEPTED)('reads %j as %s', (raw, expected) => {
    expect(canonical(raw)).toBe(expected);
  });

  it.each(REJECTED)('rejects %j', (raw) => {
    expect(parseReference(raw)).toBeNull();
  });

  it.each(KEYS)('hashes %s to the name msb gives its metadata', (raw, key) => {
    expect(keyOf(raw)).toBe(key);
  });

  it('tells the parts apart', () => {
    expect(parseReference(`localhost:5000/a/b:t@${DIGEST}`)).toEqual({
      registry: 'localhost:5000',
      repository: 'a/b',
      tag: 't',
      digest: DIGEST,
    });
    expect(parseReference(`a@${DIGEST}`)).toMatchObject({ repository: 'library/a', tag: null });
  });

  it('reads its own canonical form as itself', () => {
    const parts = ['a', 'B', '0', '.', '-', '_', '/', ':', '@', 'docker.io', 'index.docker.io', 'é', DIGEST];
    const raw = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(raw, (text) => {
        const once = canonical(text);
        // Docker.io itself may carry a name in upper case only while its host is left out.
        fc.pre(once !== null && !/^docker\.io\/[^/]*[A-Z]/.test(once));
        expect(canonical(once!)).toBe(once);
      }),
    );
  });

  it('answers at once for any text, however long', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (raw) => void parseReference(raw)));
    for (const unit of ['a-', 'a_', 'a.', 'a/', '-', '_', '.', ':', '@', 'é', 'A', '0:']) {
      expect(() => parseReference(unit.repeat(200_000))).not.toThrow();
      expect(() => parseReference(`${unit.repeat(200_000)}!`)).not.toThrow();
    }
  });
});

describe('displayReference', () => {
  it('shows text that is no reference whole, as the repository', () => {
    expect(displayReference('<b>NOT</b> a:reference')).toEqual({
      registry: '',
      repository: '<b>NOT</b> a:reference',
      tag: null,
      digest: null,
    });
  });
});

/** A proxy that refuses: nothing is fetched, wherever this runs. */
const NOBODY = 'http://127.0.0.1:9';

describeWithMsb('the canonical form beside the real msb', (version) => {
  /** A pull that reaches no registry still makes the lock file, whose name is the key. */
  async function keyByMsb(home: string, raw: string): Promise<string | null> {
    const manifests = join(home, 'cache', 'manifests');
    rmSync(manifests, { recursive: true, force: true });
    const env = { HTTPS_PROXY: NOBODY, HTTP_PROXY: NOBODY };
    const { stderr } = await runMsb(home, ['pull', '--', raw], { version, expectFailure: true, env });
    const locks = readdirSync(manifests).filter((name) => name.endsWith('.lock'));
    if (locks.length === 0) expect(stderr).toContain('invalid image reference');
    return locks[0]?.slice(0, -'.lock'.length) ?? null;
  }

  const spellings = [
    'python',
    'index.docker.io/x/y',
    'localhost:5000',
    'Foo/bar',
    'docker.io/Foo/bar',
    'a_b.c/x',
    'host_name:5000/x',
    `x@sha256:${HEX.toUpperCase()}`,
    `x@sha256:${HEX.slice(1)}`,
    'x:日本',
    'x:🙂',
    ' x',
  ];

  it('agrees on odd spellings', { timeout: 120_000 }, async () => {
    const home = scratchDir('reference');
    for (const raw of spellings) expect([raw, await keyByMsb(home, raw)]).toEqual([raw, keyOf(raw)]);
  });
});
