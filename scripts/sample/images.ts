import type { HistorySpec, ImageSpec, LayerSpec } from '../../test-support/archive.ts';
import { directory, file, opaque, symlink, type TarEntry, whiteout } from '../../test-support/tar-entry.ts';
import { MAIN_PY, RUNTIME_PY } from './agent-sources.ts';
import { alpine, aptLayer, busybox, debian, ubuntu } from './distributions.ts';
import { binary, directories, MB, png, text } from './files.ts';
import { packed } from './packed.ts';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const certificates = aptLayer(
  'RUN /bin/sh -c set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates netbase tzdata ; rm -rf /var/lib/apt/lists/* # buildkit',
  ['openssl', 'c_rehash'],
  1.3 * MB,
);

const pythonBuild: LayerSpec = packed(
  'RUN /bin/sh -c set -eux; savedAptMark="$(apt-mark showmanual)"; apt-get update; apt-get install -y --no-install-recommends dpkg-dev gcc libbz2-dev libssl-dev make zlib1g-dev; wget -O python.tar.xz "https://www.python.org/ftp/python/$PYTHON_VERSION/Python-$PYTHON_VERSION.tar.xz"; ./configure --enable-shared --with-lto; make -j "$nproc"; make install; python3 --version # buildkit',
  [
    ...directories('usr/local', 'usr/local/bin', 'usr/local/lib', 'usr/local/lib/python3.12'),
    binary('usr/local/bin/python3.12', 0.02 * MB),
    binary('usr/local/lib/libpython3.12.so.1.0', 3.9 * MB, { mode: 0o644 }),
    symlink('usr/local/lib/libpython3.12.so', 'libpython3.12.so.1.0'),
    ...standardLibrary(),
  ],
);

const pythonLinks: LayerSpec = packed(
  'RUN /bin/sh -c set -eux; for src in idle3 pip3 pydoc3 python3 python3-config; do dst="$(echo "$src" | tr -d 3)"; ln -svT "$src" "/usr/local/bin/$dst"; done # buildkit',
  [
    symlink('usr/local/bin/python3', 'python3.12'),
    symlink('usr/local/bin/python', 'python3'),
    symlink('usr/local/bin/pip', 'pip3'),
    symlink('usr/local/bin/pydoc', 'pydoc3'),
  ],
);

const pythonSteps: readonly HistorySpec[] = [
  { created: '2026-10-13T00:00:00Z', createdBy: debian.createdBy! },
  empty('ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/sbin:/bin'),
  step(certificates),
  empty('ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305'),
  empty('ENV PYTHON_VERSION=3.12.12'),
  step(pythonBuild),
  step(pythonLinks),
];

const python: ImageSpec = {
  references: [
    'docker.io/library/python:3.12-slim',
    'docker.io/library/python:3.12',
    'docker.io/library/python:3',
  ],
  layers: [debian, certificates, pythonBuild, pythonLinks],
  config: {
    created: '2026-10-21T18:40:12Z',
    env: [PATH, 'GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305', 'PYTHON_VERSION=3.12.12'],
    cmd: ['python3'],
    history: [...pythonSteps, empty('CMD ["python3"]')],
  },
};

const agentTools = aptLayer(
  'RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends git curl ripgrep tini # buildkit',
  ['git', 'curl', 'rg', 'tini'],
  3.1 * MB,
);

const node: ImageSpec = {
  references: ['docker.io/library/node:22-bookworm'],
  layers: [
    debian,
    aptLayer(
      'RUN /bin/sh -c apt-get update; apt-get install -y --no-install-recommends ca-certificates curl gnupg netbase sq wget # buildkit',
      ['curl', 'gpg', 'wget', 'sq'],
      2.4 * MB,
    ),
    aptLayer(
      'RUN /bin/sh -c apt-get update; apt-get install -y --no-install-recommends git mercurial openssh-client subversion procps # buildkit',
      ['git', 'hg', 'ssh', 'svn', 'ps'],
      4.6 * MB,
    ),
    packed(
      'RUN /bin/sh -c ARCH= && curl -fsSLO --compressed "https://nodejs.org/dist/v$NODE_VERSION/node-v$NODE_VERSION-linux-x64.tar.xz" && tar -xJf node.tar.xz -C /usr/local --strip-components=1 # buildkit',
      [
        ...directories('usr/local', 'usr/local/bin', 'usr/local/lib', 'usr/local/lib/node_modules'),
        binary('usr/local/bin/node', 8.6 * MB),
        symlink('usr/local/bin/nodejs', '/usr/local/bin/node'),
        symlink('usr/local/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'),
        symlink('usr/local/bin/npx', '../lib/node_modules/npm/bin/npx-cli.js'),
        file(
          'usr/local/lib/node_modules/npm/package.json',
          '{\n  "name": "npm",\n  "version": "10.9.4"\n}\n',
        ),
        file(
          'usr/local/lib/node_modules/npm/bin/npm-cli.js',
          "#!/usr/bin/env node\nrequire('../lib/cli.js')(process)\n",
          { mode: 0o755 },
        ),
        text(
          'usr/local/lib/node_modules/npm/lib/cli.js',
          0.3 * MB,
          'const validateEngines = require("./cli/validate-engines.js")\n',
        ),
      ],
    ),
    packed('COPY docker-entrypoint.sh /usr/local/bin/ # buildkit', [
      file(
        'usr/local/bin/docker-entrypoint.sh',
        '#!/bin/sh\nset -e\ncase "$1" in -*) set -- node "$@" ;; esac\nexec "$@"\n',
        { mode: 0o755 },
      ),
    ]),
  ],
  config: {
    created: '2026-11-01T09:12:44Z',
    env: [PATH, 'NODE_VERSION=22.21.0', 'YARN_VERSION=1.22.22'],
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['node'],
  },
};

const cuda: ImageSpec = {
  references: ['registry.corp.io:5000/ml/cuda-base:12.8-cudnn'],
  layers: [
    ubuntu,
    aptLayer(
      'RUN |1 TARGETARCH=amd64 /bin/sh -c apt-get update && apt-get install -y --no-install-recommends cuda-cudart-12-8=$NV_CUDA_CUDART_VERSION cuda-compat-12-8 # buildkit',
      ['nvidia-smi', 'cuda-gdb'],
      2.6 * MB,
    ),
    packed(
      'RUN |1 TARGETARCH=amd64 /bin/sh -c apt-get update && apt-get install -y --no-install-recommends cuda-libraries-12-8=$NV_CUDA_LIB_VERSION libcublas-12-8 # buildkit',
      [
        ...directories('usr/local', 'usr/local/cuda-12.8', 'usr/local/cuda-12.8/lib64'),
        binary('usr/local/cuda-12.8/lib64/libcublas.so.12.8.4.1', 5.2 * MB, { mode: 0o644 }),
        binary('usr/local/cuda-12.8/lib64/libcublasLt.so.12.8.4.1', 6.4 * MB, { mode: 0o644 }),
        symlink('usr/local/cuda', 'cuda-12.8'),
      ],
    ),
    packed(
      'RUN |1 TARGETARCH=amd64 /bin/sh -c apt-get update && apt-get install -y --no-install-recommends $NV_CUDNN_PACKAGE && apt-mark hold $NV_CUDNN_PACKAGE_NAME # buildkit',
      [
        binary('usr/lib/x86_64-linux-gnu/libcudnn.so.9.8.0', 4.8 * MB, { mode: 0o644 }),
        symlink('usr/lib/x86_64-linux-gnu/libcudnn.so.9', 'libcudnn.so.9.8.0'),
      ],
    ),
  ],
  config: {
    created: '2026-09-30T22:05:31Z',
    env: [PATH, 'NVARCH=x86_64', 'NVIDIA_VISIBLE_DEVICES=all', 'LD_LIBRARY_PATH=/usr/local/cuda/lib64'],
    labels: { maintainer: 'ML Platform <ml-platform@corp.io>', 'com.nvidia.cudnn.version': '9.8.0.87' },
    cmd: ['/bin/bash'],
  },
};

const postgresUser = packed(
  'RUN /bin/sh -c set -eux; groupadd -r postgres --gid=999; useradd -r -g postgres --uid=999 --home-dir=/var/lib/postgresql postgres # buildkit',
  [
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/bash\n'),
    directory('var/lib/postgresql', { uid: 999, gid: 999, mode: 0o1777 }),
  ],
);

const redis: ImageSpec = {
  references: ['docker.io/library/redis:8'],
  layers: [
    debian,
    packed(
      'RUN /bin/sh -c set -eux; groupadd -r -g 999 redis && useradd -r -g redis -u 999 redis # buildkit',
      [file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nredis:x:999:999::/home/redis:/bin/sh\n')],
    ),
    packed(
      'RUN /bin/sh -c set -eux; wget -O redis.tar.gz "$REDIS_DOWNLOAD_URL"; tar -xzf redis.tar.gz -C /usr/src/redis --strip-components=1; make -C /usr/src/redis -j "$(nproc)" all; make -C /usr/src/redis install # buildkit',
      [
        ...directories('usr/local', 'usr/local/bin'),
        binary('usr/local/bin/redis-server', 2.6 * MB),
        symlink('usr/local/bin/redis-sentinel', 'redis-server'),
        binary('usr/local/bin/redis-cli', 0.9 * MB),
      ],
    ),
    packed('RUN /bin/sh -c mkdir /data && chown redis:redis /data # buildkit', [
      directory('data', { uid: 999, gid: 999 }),
    ]),
  ],
  config: {
    created: '2026-10-02T11:58:03Z',
    env: [PATH, 'REDIS_DOWNLOAD_URL=https://github.com/redis/redis/archive/refs/tags/8.2.2.tar.gz'],
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['redis-server'],
    exposedPorts: ['6379/tcp'],
    volumes: ['/data'],
    workingDir: '/data',
  },
};

/** What is loaded, oldest first, so that the rows lie as they would after months of use. */
export const sampleImages: readonly ImageSpec[] = [
  {
    references: ['docker.io/library/busybox:latest'],
    layers: [busybox],
    config: { created: '2026-09-08T21:34:46Z', env: [PATH], cmd: ['sh'] },
  },
  redis,
  postgres('17.5', '2026-08-14T20:11:09Z'),
  cuda,
  agent('1.61.0-rc.24', 24, 8.1),
  {
    references: ['docker.io/library/alpine:3.22', 'docker.io/library/alpine:latest'],
    layers: [alpine],
    config: { created: '2026-10-08T16:01:23Z', env: [PATH], cmd: ['/bin/sh'] },
  },
  {
    references: ['docker.io/library/ubuntu:24.04'],
    layers: [ubuntu],
    config: {
      created: '2026-10-30T06:10:44Z',
      env: [PATH],
      cmd: ['/bin/bash'],
      labels: { 'org.opencontainers.image.ref.name': 'ubuntu', 'org.opencontainers.image.version': '24.04' },
    },
  },
  node,
  agent('1.61.0-rc.52', 52, 8.4),
  python,
];

/** Loaded after the others: the tag moves, and the release before it is left dangling. */
export const movedTag: ImageSpec = postgres('17.6', '2026-10-17T20:14:55Z');

/** Loaded, then forgotten by the database but for its layers. */
export const orphaned: ImageSpec = {
  references: ['docker.io/library/golang:1.25'],
  layers: [
    packed('COPY /target/ / # buildkit', [
      ...directories('usr', 'usr/local', 'usr/local/go', 'usr/local/go/bin'),
      binary('usr/local/go/bin/go', 2.2 * MB),
      binary('usr/local/go/bin/gofmt', 0.6 * MB),
      file('usr/local/go/VERSION', 'go1.25.3\n'),
    ]),
    packed('RUN /bin/sh -c mkdir -p "$GOPATH/src" "$GOPATH/bin" && chmod -R 1777 "$GOPATH" # buildkit', [
      ...['go', 'go/src', 'go/bin'].map((path) => directory(path, { mode: 0o1777 })),
    ]),
  ],
  config: { created: '2026-10-14T17:20:00Z', env: [PATH, 'GOLANG_VERSION=1.25.3', 'GOPATH=/go'] },
};

function agent(version: string, build: number, packagesMb: number): ImageSpec {
  const created = `2026-11-${build < 50 ? '02' : '19'}T07:2${build % 10}:18Z`;
  const requirements = packed('COPY requirements.txt . # buildkit', [
    file(
      'app/requirements.txt',
      `httpx==0.28.${build % 10}\njinja2==3.1.6\nmicrosandbox==0.6.18\npydantic==2.12.3\nuvloop==0.22.1\n`,
    ),
  ]);
  const packages = packed(
    'RUN /bin/sh -c pip install --no-cache-dir -r requirements.txt # buildkit',
    sitePackages(packagesMb),
  );
  const app = packed('COPY --chown=agent:agent src/ . # buildkit', [
    directory('app', { uid: 1000, gid: 1000 }),
    file('app/main.py', MAIN_PY, { uid: 1000, gid: 1000 }),
    file('app/agent/__init__.py', `__version__ = "${version}"\n`, { uid: 1000, gid: 1000 }),
    file('app/agent/runtime.py', RUNTIME_PY, { uid: 1000, gid: 1000 }),
    file('app/.env.example', 'AGENT_MODEL=\nAGENT_TIMEOUT_SECONDS=300\n', { uid: 1000, gid: 1000 }),
    file('app/README.md', `# agent-runtime ${version}\n\nRuns one agent per sandbox.\n`, {
      uid: 1000,
      gid: 1000,
    }),
    png('app/static/logo.png', 48, build < 50 ? 0x4f86d8 : 0xb9770f),
    text('app/static/app.js', 0.9 * MB, 'export const view = (state) => state.messages.map(render);\n'),
    opaque('app/cache'),
    file('app/cache/.gitkeep', ''),
  ]);
  const user = packed(
    'RUN /bin/sh -c useradd -m -u 1000 agent && rm -rf /root/.cache /usr/local/lib/python3.12/test # buildkit',
    [
      file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000::/home/agent:/bin/sh\n'),
      directory('home/agent', { uid: 1000, gid: 1000, mode: 0o750 }),
      file('home/agent/.bash_history', 'python -m agent\n', { uid: 1000, gid: 1000, mode: 0o600 }),
      whiteout('usr/local/lib/python3.12/test'),
    ],
  );
  const layers = [requirements, packages, user, app];
  return {
    references: [`ghcr.io/acme/agent-runtime:v${version}`],
    layers: [debian, certificates, pythonBuild, pythonLinks, agentTools, ...layers],
    config: {
      created,
      author: 'Acme Agents <agents@acme.example>',
      env: [...python.config!.env!, 'PYTHONUNBUFFERED=1', 'AGENT_HOME=/app', `AGENT_BUILD=${build}`],
      entrypoint: ['tini', '--'],
      cmd: ['python', '-m', 'agent'],
      workingDir: '/app',
      user: 'agent',
      stopSignal: 'SIGINT',
      exposedPorts: ['8080/tcp'],
      volumes: ['/app/cache'],
      healthcheck: { Test: ['CMD', 'curl', '-fs', 'http://localhost:8080/health'], Interval: 30_000_000_000 },
      labels: {
        'org.opencontainers.image.source': 'https://github.com/acme/agent-runtime',
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.revision': `${build}c4e0f9d1a7b26358e04f7d2a9c81b5e6f3d0a2`,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
      history: [
        ...pythonSteps,
        { ...step(agentTools), created },
        { ...empty('WORKDIR /app'), created },
        ...layers.map((layer) => ({ ...step(layer), created })),
        { ...empty('USER agent'), created },
        { ...empty('ENTRYPOINT ["tini", "--"]'), created },
        { ...empty('CMD ["python", "-m", "agent"]'), created },
      ],
    },
  };
}

function postgres(version: string, created: string): ImageSpec {
  return {
    references: ['docker.io/library/postgres:17'],
    layers: [
      debian,
      postgresUser,
      packed(
        `RUN /bin/sh -c set -ex; apt-get install -y --no-install-recommends postgresql-$PG_MAJOR=$PG_VERSION; postgres --version # ${version}`,
        [
          ...directories('usr/lib/postgresql', 'usr/lib/postgresql/17', 'usr/lib/postgresql/17/bin'),
          binary('usr/lib/postgresql/17/bin/postgres', version === '17.5' ? 3.1 * MB : 3.2 * MB),
          binary('usr/lib/postgresql/17/bin/psql', 0.4 * MB),
          binary('usr/lib/postgresql/17/bin/pg_dump', 0.3 * MB),
          text(
            'usr/share/postgresql/17/postgres.bki',
            0.5 * MB,
            'create pg_proc 1255 bootstrap rowtype_oid 81\n',
          ),
        ],
      ),
      packed('COPY docker-entrypoint.sh docker-ensure-initdb.sh /usr/local/bin/ # buildkit', [
        file('usr/local/bin/docker-entrypoint.sh', '#!/usr/bin/env bash\nset -Eeo pipefail\nexec "$@"\n', {
          mode: 0o755,
        }),
        file('usr/local/bin/docker-ensure-initdb.sh', '#!/usr/bin/env bash\nset -Eeuo pipefail\n', {
          mode: 0o755,
        }),
        symlink('usr/local/bin/docker-enforce-initdb.sh', 'docker-ensure-initdb.sh'),
      ]),
    ],
    config: {
      created,
      env: [PATH, 'PG_MAJOR=17', `PG_VERSION=${version}-1.pgdg12+1`, 'PGDATA=/var/lib/postgresql/data'],
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['postgres'],
      stopSignal: 'SIGINT',
      exposedPorts: ['5432/tcp'],
      volumes: ['/var/lib/postgresql/data'],
    },
  };
}

function standardLibrary(): TarEntry[] {
  const modules = [
    'abc',
    'argparse',
    'ast',
    'base64',
    'bisect',
    'calendar',
    'codecs',
    'contextlib',
    'copy',
    'csv',
  ];
  const more = [
    'dataclasses',
    'datetime',
    'decimal',
    'enum',
    'functools',
    'glob',
    'hashlib',
    'heapq',
    'io',
    'os',
  ];
  const source = (name: string) => `"""The ${name} module."""\n\nfrom __future__ import annotations\n`;
  return [
    ...[...modules, ...more].map((name) =>
      text(`usr/local/lib/python3.12/${name}.py`, 0.03 * MB, source(name)),
    ),
    directory('usr/local/lib/python3.12/asyncio'),
    ...['__init__', 'base_events', 'events', 'queues', 'streams', 'tasks'].map((name) =>
      text(`usr/local/lib/python3.12/asyncio/${name}.py`, 0.02 * MB, source(`asyncio.${name}`)),
    ),
    directory('usr/local/lib/python3.12/test'),
    ...['test_ast', 'test_re', 'test_socket', 'test_ssl'].map((name) =>
      text(`usr/local/lib/python3.12/test/${name}.py`, 0.2 * MB, 'self.assertEqual(first, second)\n'),
    ),
  ];
}

function sitePackages(megabytes: number): TarEntry[] {
  const site = 'usr/local/lib/python3.12/site-packages';
  const packages = ['anyio', 'certifi', 'httpcore', 'httpx', 'jinja2', 'microsandbox', 'pydantic', 'uvloop'];
  return [
    directory(site),
    ...packages.flatMap((name) => [
      directory(`${site}/${name}`),
      file(`${site}/${name}/__init__.py`, `from ._version import __version__  # ${name}\n`),
      text(`${site}/${name}/_client.py`, 0.04 * MB, `class ${name.toUpperCase()}Error(Exception): ...\n`),
    ]),
    binary(`${site}/pydantic_core/_pydantic_core.cpython-312-x86_64-linux-gnu.so`, 0.55 * megabytes * MB),
    binary(`${site}/uvloop/loop.cpython-312-x86_64-linux-gnu.so`, 0.38 * megabytes * MB),
  ];
}

function step(layer: LayerSpec): HistorySpec {
  return { created: '2026-10-21T18:40:12Z', createdBy: layer.createdBy!, comment: 'buildkit.dockerfile.v0' };
}

function empty(createdBy: string): HistorySpec {
  return { created: '2026-10-21T18:40:12Z', createdBy, comment: 'buildkit.dockerfile.v0', emptyLayer: true };
}
