import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ImageSpec, writeOciArchive } from './archive.ts';
import { scratchDir } from './scratch.ts';
import { readTarFile } from './tar-reader.ts';

/** A registry on the loopback interface, plain HTTP: `msb pull --insecure <reference>`. */
export interface TestRegistry {
  /** What to pull: the host with the image's first reference, which has to be `repository:tag`. */
  readonly references: readonly string[];
  /** From now on a layer stops after so many bytes, until `release`. */
  hold(afterBytes: number): void;
  /** Sends the rest of what is held back, and holds nothing back from now on. */
  release(): void;
  close(): Promise<void>;
}

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** As much of the distribution specification as a pull needs: manifests by tag or digest, and blobs. */
export async function startRegistry(images: readonly ImageSpec[]): Promise<TestRegistry> {
  const folder = scratchDir('registry');
  const archive = join(folder, 'images.tar');
  const archived = writeOciArchive(archive, images);
  const layers = new Set(archived.flatMap((image) => image.layers.map(({ blobDigest }) => blobDigest)));
  const tags = new Map(
    archived.map(({ references, manifestDigest }) => [references[0] as string, manifestDigest as string]),
  );
  let gate = openGate();

  async function send(response: ServerResponse, digest: string, type: string): Promise<void> {
    const bytes = readTarFile(archive, `blobs/${digest.replace(':', '/')}`);
    response.writeHead(200, {
      'content-type': type,
      'content-length': bytes.length,
      'docker-content-digest': digest,
    });
    const { afterBytes, opened } = gate;
    if (layers.has(digest) && bytes.length > afterBytes) {
      response.write(bytes.subarray(0, afterBytes));
      await opened;
      response.end(bytes.subarray(afterBytes));
    } else response.end(bytes);
  }

  const server = createServer((request, response) => {
    const [, repository = '', kind, name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    if (request.url === '/v2/') response.end();
    else if (kind === undefined) response.writeHead(404).end();
    else if (kind === 'blobs') void send(response, name, 'application/octet-stream');
    else void send(response, tags.get(`${repository}:${name}`) ?? name, MANIFEST_TYPE);
  });
  function release(): void {
    gate.open();
    gate = openGate();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    references: [...tags.keys()].map((tag) => `${host}/${tag}`),
    hold: (afterBytes) => {
      gate = closedGate(afterBytes);
    },
    release,
    close: async () => {
      release();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

interface Gate {
  readonly afterBytes: number;
  readonly opened: Promise<void>;
  open(): void;
}

function closedGate(afterBytes: number): Gate {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return { afterBytes, opened, open };
}

function openGate(): Gate {
  return { afterBytes: Number.POSITIVE_INFINITY, opened: Promise.resolve(), open: () => {} };
}
