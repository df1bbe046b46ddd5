import type { LayerSpec } from '../../test-support/archive.ts';
import { directory, file, symlink, type TarEntry, whiteout } from '../../test-support/tar-entry.ts';
import { applets, binary, directories, MB, text } from './files.ts';
import { packed } from './packed.ts';

/** Debian 12 as its official image has it, in small: what most other images here stand on. */
export const debian: LayerSpec = packed("# debian.sh --arch 'amd64' out/ 'bookworm' '@1760313600'", [
  ...mergedUsr(),
  ...osRelease('Debian GNU/Linux 12 (bookworm)', 'debian', '12', 'bookworm'),
  ...accounts(),
  file('etc/debian_version', '12.12\n'),
  file('etc/apt/sources.list.d/debian.sources', debSources('deb.debian.org/debian', 'bookworm')),
  ...coreutils(),
  binary('usr/bin/bash', 0.24 * MB),
  binary('usr/bin/perl5.36.0', 0.52 * MB),
  binary('usr/bin/apt', 0.02 * MB),
  binary('usr/bin/dpkg', 0.3 * MB),
  // Programs that run as their owner: the file list marks them.
  ...['su', 'passwd', 'mount', 'umount', 'chsh'].map((name) =>
    binary(`usr/bin/${name}`, 0.07 * MB, { mode: 0o4755 }),
  ),
  binary('usr/bin/expiry', 0.03 * MB, { mode: 0o2755, gid: 42 }),
  ...libraries('usr/lib/x86_64-linux-gnu', [
    ['libc.so.6', 1.9],
    ['libm.so.6', 0.9],
    ['libcrypto.so.3', 1.7],
    ['libssl.so.3', 0.66],
    ['libstdc++.so.6.0.30', 1.1],
    ['libapt-pkg.so.6.0.0', 0.8],
    ['libsystemd.so.0.35.0', 0.42],
    ['libgnutls.so.30.34.3', 0.9],
  ]),
  symlink('usr/lib/x86_64-linux-gnu/libstdc++.so.6', 'libstdc++.so.6.0.30'),
  text('usr/share/zoneinfo/tzdata.zi', 0.11 * MB, 'Z Europe/Paris 0:9:21 - LMT 1891 Mar 16\n'),
  text(
    'var/lib/dpkg/status',
    0.15 * MB,
    'Package: libc6\nStatus: install ok installed\nPriority: optional\n\n',
  ),
  ...directories('proc', 'sys', 'dev', 'run', 'mnt', 'srv'),
  directory('tmp', { mode: 0o1777 }),
  directory('root', { mode: 0o700 }),
  file(
    'root/.bashrc',
    '# ~/.bashrc: executed by bash(1) for non-login shells.\nalias ls="ls --color=auto"\n',
  ),
  file(
    'root/.profile',
    '# ~/.profile: executed by Bourne-compatible login shells.\nmesg n 2> /dev/null || true\n',
  ),
]);

export const ubuntu: LayerSpec = packed(
  '/bin/sh -c #(nop) ADD file:6089c6bede9eca8ec4e0919ebcb7bfaf5ea5e5e6f1a5b7b5e1b7e7c3a1f0d5c4 in / ',
  [
    ...mergedUsr(),
    ...osRelease('Ubuntu 24.04.3 LTS', 'ubuntu', '24.04', 'noble'),
    ...accounts(),
    file('etc/apt/sources.list.d/ubuntu.sources', debSources('archive.ubuntu.com/ubuntu', 'noble')),
    ...coreutils(),
    binary('usr/bin/bash', 0.27 * MB),
    binary('usr/bin/su', 0.07 * MB, { mode: 0o4755 }),
    ...libraries('usr/lib/x86_64-linux-gnu', [
      ['libc.so.6', 2.1],
      ['libm.so.6', 0.95],
      ['libcrypto.so.3', 1.9],
      ['libstdc++.so.6.0.33', 1.2],
    ]),
    text('var/lib/dpkg/status', 0.12 * MB, 'Package: base-files\nStatus: install ok installed\n\n'),
    directory('tmp', { mode: 0o1777 }),
    directory('root', { mode: 0o700 }),
  ],
);

export const alpine: LayerSpec = packed('ADD alpine-minirootfs-3.22.2-x86_64.tar.gz / # buildkit', [
  ...directories('bin', 'sbin', 'lib', 'etc', 'usr', 'usr/bin', 'var', 'var/cache', 'var/cache/apk'),
  ...osRelease('Alpine Linux v3.22', 'alpine', '3.22.2', null),
  ...accounts(),
  file('etc/apk/repositories', 'https://dl-cdn.alpinelinux.org/alpine/v3.22/main\n'),
  binary('bin/busybox', 0.42 * MB),
  ...applets('/bin/busybox', 'bin', [
    'sh',
    'ls',
    'cat',
    'cp',
    'mv',
    'rm',
    'mkdir',
    'sed',
    'grep',
    'ps',
    'tar',
    'vi',
  ]),
  ...applets('/bin/busybox', 'usr/bin', ['awk', 'find', 'head', 'sort', 'tail', 'wget', 'xargs']),
  binary('lib/ld-musl-x86_64.so.1', 0.32 * MB),
  symlink('lib/libc.musl-x86_64.so.1', 'ld-musl-x86_64.so.1'),
  directory('tmp', { mode: 0o1777 }),
]);

export const busybox: LayerSpec = packed('BusyBox 1.37.0 (glibc), Debian 13', [
  ...directories('bin', 'etc', 'home', 'usr', 'var'),
  binary('bin/busybox', 0.48 * MB),
  ...applets('busybox', 'bin', [
    '[',
    'ash',
    'cat',
    'chmod',
    'cp',
    'echo',
    'ls',
    'ping',
    'sh',
    'sleep',
    'top',
    'wc',
  ]),
  ...accounts(),
  directory('tmp', { mode: 0o1777 }),
]);

/** A layer of `apt-get install`: programs, libraries, the package list changed, the downloaded lists deleted. */
export function aptLayer(createdBy: string, programs: readonly string[], sizeBytes: number): LayerSpec {
  const each = sizeBytes / (programs.length + 1);
  return packed(createdBy, [
    ...programs.map((name) => binary(`usr/bin/${name}`, each * 0.7)),
    ...programs.map((name) =>
      binary(`usr/lib/x86_64-linux-gnu/lib${name}.so.1`, each * 0.3, { mode: 0o644 }),
    ),
    text(
      'usr/share/ca-certificates/mozilla/bundle.crt',
      each * 0.6,
      '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n',
    ),
    text('var/lib/dpkg/status', each * 0.4, `Package: ${programs[0]}\nStatus: install ok installed\n\n`),
    whiteout('var/lib/apt/lists'),
    file('etc/ld.so.cache', 'glibc-ld.so.cache1.1'),
  ]);
}

function mergedUsr(): TarEntry[] {
  return [
    ...directories(
      'etc',
      'etc/apt',
      'etc/apt/sources.list.d',
      'usr',
      'usr/bin',
      'usr/lib',
      'usr/sbin',
      'usr/share',
    ),
    ...directories('home', 'var', 'var/lib', 'var/lib/apt', 'var/lib/apt/lists', 'var/lib/dpkg', 'var/log'),
    symlink('bin', 'usr/bin'),
    symlink('lib', 'usr/lib'),
    symlink('sbin', 'usr/sbin'),
  ];
}

function osRelease(pretty: string, id: string, version: string, codename: string | null): TarEntry[] {
  const lines = [`PRETTY_NAME="${pretty}"`, `ID=${id}`, `VERSION_ID="${version}"`];
  if (codename !== null) lines.push(`VERSION_CODENAME=${codename}`);
  return [file('etc/os-release', `${lines.join('\n')}\n`), file('etc/hostname', 'localhost\n')];
}

function accounts(): TarEntry[] {
  return [
    file(
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    ),
    file('etc/group', 'root:x:0:\nshadow:x:42:\nnogroup:x:65534:\n'),
    file('etc/shadow', 'root:*:20370:0:99999:7:::\n', { mode: 0o640, gid: 42 }),
  ];
}

function coreutils(): TarEntry[] {
  const names = [
    'cat',
    'chmod',
    'cp',
    'cut',
    'date',
    'dd',
    'df',
    'du',
    'env',
    'head',
    'id',
    'ln',
    'ls',
    'mkdir',
    'mv',
  ];
  const more = [
    'nproc',
    'rm',
    'sed',
    'sleep',
    'sort',
    'stat',
    'tail',
    'tar',
    'touch',
    'tr',
    'uniq',
    'wc',
    'xargs',
  ];
  return [...names, ...more].map((name) => binary(`usr/bin/${name}`, 0.018 * MB));
}

function libraries(
  folder: string,
  sizes: readonly (readonly [name: string, megabytes: number])[],
): TarEntry[] {
  const files = sizes.map(([name, megabytes]) =>
    binary(`${folder}/${name}`, megabytes * MB, { mode: 0o644 }),
  );
  return [directory(folder), ...files];
}

function debSources(host: string, suite: string): string {
  return `Types: deb\nURIs: http://${host}\nSuites: ${suite} ${suite}-updates\nComponents: main\n`;
}
