import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { registryOnMachine } from '../scripts/registry.mjs';
import { type ArchivedImage, type ImageSpec, writeOciArchive } from './archive.ts';
import { scratchDir } from './scratch.ts';
import { readTarFile } from './tar-reader.ts';

/** A registry on the loopback interface, without TLS, for as long as a test needs it. */
export interface DockerRegistry {
  /** `127.0.0.1:<port>`, as it stands in references. */
  readonly host: string;
  /** Makes `<host>/<name>:<tag>` this image, whatever it was before. */
  push(name: string, tag: string, image: Omit<ImageSpec, 'references'>): Promise<void>;
  /** Lets the msb of a home pull from it over plain HTTP. */
  admitTo(home: string): void;
  stop(): Promise<void>;
}

/** Debian's `docker-registry`. Null, and said so, where there is none. */
export async function startDockerRegistry(): Promise<DockerRegistry | null> {
  const program = registryOnMachine();
  if (program === null) {
    console.warn('Nothing is pulled: there is no docker-registry on this machine.');
    return null;
  }
  const folder = scratchDir('registry');
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(configuration(folder)));
  const child = spawn(program, ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  const host = await Promise.race([
    listeningAt(child.stderr),
    ended.then(() => Promise.reject(new Error('the registry ended before it listened'))),
  ]);
  return {
    host,
    push: (name, tag, image) => push(host, name, tag, image),
    admitTo: (home) => {
      const config = { registries: { hosts: { [host]: { insecure: true } } } };
      writeFileSync(join(home, 'config.json'), JSON.stringify(config));
    },
    stop: async () => {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** JSON is YAML. */
function configuration(folder: string): unknown {
  return {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: '127.0.0.1:0' },
  };
}

async function listeningAt(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const match = /listening on (127\.0\.0\.1:\d+)/.exec(line);
    if (match !== null) {
      log.resume();
      return match[1]!;
    }
  }
  throw new Error('the registry does not say where it listens');
}

async function push(
  host: string,
  name: string,
  tag: string,
  image: Omit<ImageSpec, 'references'>,
): Promise<void> {
  const folder = scratchDir('push');
  const archive = join(folder, 'image.tar');
  const [archived] = writeOciArchive(archive, [{ ...image, references: [`${name}:${tag}`] }]);
  try {
    await pushArchived(`http://${host}/v2/${name}`, tag, archive, archived!);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function pushArchived(url: string, tag: string, archive: string, image: ArchivedImage): Promise<void> {
  const blob = (digest: string) => readTarFile(archive, `blobs/${digest.replace(':', '/')}`);
  for (const digest of [image.configDigest, ...image.layers.map(({ blobDigest }) => blobDigest)]) {
    await putBlob(url, digest, blob(digest));
  }
  await put(
    `${url}/manifests/${tag}`,
    blob(image.manifestDigest!),
    'application/vnd.oci.image.manifest.v1+json',
  );
}

async function putBlob(url: string, digest: string, content: Buffer): Promise<void> {
  const started = await fetch(`${url}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location')!);
  location.searchParams.set('digest', digest);
  await put(location.href, content, 'application/octet-stream');
}

async function put(url: string, body: Buffer, type: string): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    body: new Uint8Array(body),
    headers: { 'content-type': type },
  });
  if (response.status !== 201) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
}
