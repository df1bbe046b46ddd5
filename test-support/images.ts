import type { ImageSpec, LayerSpec } from './archive.ts';
import {
  blockDevice,
  charDevice,
  directory,
  fifo,
  file,
  hardlink,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
} from './tar-entry.ts';

/**
 * Five references over four manifests: two images on one base (`app:1`, `app:2`), one digest under two tags
 * (`python:3.12` and `docker.io/library/python:3`), one image on its own (`alpine`).
 */
export function standardImages(): ImageSpec[] {
  const base = layer('# debian.sh --arch amd64 bookworm', 'base', 120_000);
  const python = layer('RUN apt-get install -y python3', 'python', 60_000);
  return [
    {
      references: ['python:3.12', 'docker.io/library/python:3'],
      layers: [base, python],
      config: {
        created: '2026-01-10T08:30:00Z',
        env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'PYTHON_VERSION=3.12.4'],
        cmd: ['python3'],
        labels: { 'org.opencontainers.image.source': 'https://github.com/docker-library/python' },
        stopSignal: 'SIGINT',
        history: [
          { created: '2026-01-09T00:00:00Z', createdBy: '# debian.sh --arch amd64 bookworm' },
          { created: '2026-01-10T08:00:00Z', createdBy: 'ENV PYTHON_VERSION=3.12.4', emptyLayer: true },
          { created: '2026-01-10T08:30:00Z', createdBy: 'RUN apt-get install -y python3' },
          { created: '2026-01-10T08:30:00Z', createdBy: 'CMD ["python3"]', emptyLayer: true },
        ],
      },
    },
    {
      references: ['ghcr.io/acme/app:1'],
      layers: [base, layer('COPY app /app # 1', 'app-1', 30_000)],
      config: { entrypoint: ['/app/run'], workingDir: '/app', user: 'app' },
    },
    {
      references: ['ghcr.io/acme/app:2'],
      layers: [base, layer('COPY app /app # 2', 'app-2', 35_000)],
      config: { entrypoint: ['/app/run'], workingDir: '/app', user: 'app' },
    },
    { references: ['alpine'], layers: [layer('ADD alpine-minirootfs.tar.gz /', 'alpine', 20_000)] },
  ];
}

/** A layer of a few files that no other name makes: a script, a link, a removal, and bulk of that size. */
export function layer(createdBy: string, name: string, sizeBytes = 10_000): LayerSpec {
  return {
    createdBy,
    entries: [
      directory('etc'),
      file(`etc/${name}.conf`, `name = ${name}\n`),
      symlink('etc/current.conf', `${name}.conf`),
      directory(`opt/${name}`, { uid: 1000, gid: 1000 }),
      file(`opt/${name}/run`, `#!/bin/sh\nexec ${name}\n`, { mode: 0o755 }),
      file(`opt/${name}/data`, { sizeBytes, fill: 'text', seed: name.length }),
      whiteout('etc/removed.conf'),
    ],
  };
}

/** One entry of every kind a layer can have, with the extremes of each field; msb takes them all. */
export function everyEntryKind(): TarEntry[] {
  return [
    directory('etc', { mode: 0o750, uid: 3, gid: 4, mtime: 12_345 }),
    file('etc/passwd', 'root:x:0:0\n', { mode: 0o4755 }),
    hardlink('etc/passwd-', 'etc/passwd'),
    symlink('etc/link', '../elsewhere'),
    symlink('etc/long-link', 'x'.repeat(200)),
    charDevice('dev-null', 1, 3),
    blockDevice('dev-sda', 260, 70_000),
    fifo('pipe'),
    whiteout('etc/gone'),
    opaque('srv'),
    file(`deep/${'n'.repeat(150)}/file`, 'long'),
    file(Buffer.from([0x66, 0xff, 0xfe]), 'not UTF-8'),
    file('owned', '', { uid: 4_000_000_000, gid: 5_000_000 }),
    file('old', '', { mtime: -5 }),
    file('fraction', '', { mtime: 1.25 }),
    file('labelled', '', { xattrs: { 'user.note': 'hello', 'security.capability': Buffer.from([1, 0, 2]) } }),
    file('zeros', { sizeBytes: 3_000_001, fill: 'zeros' }),
    file('noise', { sizeBytes: 1_500_000, fill: 'noise', seed: 7 }),
    file('text', { sizeBytes: 100, fill: 'text' }),
  ];
}
