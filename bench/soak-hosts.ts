import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type HostKind = 'browser' | 'electron';

/** A host in a process of its own, as its clients see it. */
export interface SoakedHost {
  readonly pid: number;
  /** What it complained about so far. */
  readonly complaints: readonly string[];
  /** The last line of the answer; empty for a client that went away. */
  call(name: string, input: unknown, leaveAfterMs: number | null): Promise<string>;
  /** What only this host has, between two calls: a window more, a page loaded again. */
  disturb(): Promise<void>;
  /** Ends it as a person would. */
  stop(): Promise<void>;
}

export interface SoakedHome {
  readonly home: string;
  /** Another home, for a window more. */
  readonly otherHome: string;
  /** The host's own: its folders `scratch` and `data` are counted. */
  readonly folder: string;
}

export function startSoakedHost(kind: HostKind, place: SoakedHome): Promise<SoakedHost> {
  for (const folder of ['scratch', 'data']) mkdirSync(join(place.folder, folder));
  return kind === 'browser' ? startBrowserHost(place) : startElectronHost(place);
}

const TOKEN = 'soak-token-0123456789';

async function startBrowserHost({ home, folder }: SoakedHome): Promise<SoakedHost> {
  const child = spawn(process.execPath, [script('./soak-browser-child.ts'), home, folder, TOKEN], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints = hear(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const port = Number(line.toString());
  return {
    pid: child.pid!,
    complaints,
    call: (name, input, leaveAfterMs) => post(port, name, input, leaveAfterMs),
    disturb: () => Promise.resolve(),
    stop: () => end(child, complaints, () => child.stdin!.end()),
  };
}

function post(port: number, name: string, input: unknown, leaveAfterMs: number | null): Promise<string> {
  return new Promise((resolve) => {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
    const path = `/ipc/${name}`;
    const options = { port, host: '127.0.0.1', method: 'POST', path, headers, agent: false };
    let last = '';
    let isWhole = false;
    const call = request(options, (response) => {
      response.on('data', (chunk: Buffer) => {
        last = (last + chunk.subarray(-300).toString()).slice(-300);
      });
      response.on('end', () => {
        isWhole = true;
      });
    });
    call.on('error', () => {});
    call.on('close', () => resolve(isWhole ? last : ''));
    call.end(JSON.stringify(input));
    if (leaveAfterMs !== null) setTimeout(() => call.destroy(), leaveAfterMs);
  });
}

/** What the process that plays Electron is asked, and what it answers. */
export type Question = { readonly id: number } & (
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly input: unknown;
      readonly leaveAfterMs: number | null;
    }
  | { readonly kind: 'disturb' | 'quit' }
);
export interface Answer {
  readonly id: number;
  readonly last: string;
}

async function startElectronHost({ home, otherHome, folder }: SoakedHome): Promise<SoakedHost> {
  const child = fork(script('./soak-electron-child.ts'), [home, otherHome], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      TMPDIR: join(folder, 'scratch'),
      STRATA_DATA_DIR: join(folder, 'data'),
    },
  });
  const complaints = hear(child);
  const waiting = new Map<number, (last: string) => void>();
  let lastId = 0;
  await once(child, 'message');
  child.on('message', ({ id, last }: Answer) => {
    waiting.get(id)?.(last);
    waiting.delete(id);
  });
  const ask = (question: (id: number) => Question): Promise<string> =>
    new Promise((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      child.send(question(lastId));
    });
  return {
    pid: child.pid!,
    complaints,
    call: (name, input, leaveAfterMs) => ask((id) => ({ id, kind: 'call', name, input, leaveAfterMs })),
    disturb: async () => void (await ask((id) => ({ id, kind: 'disturb' }))),
    stop: () => end(child, complaints, () => void ask((id) => ({ id, kind: 'quit' }))),
  };
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function hear(child: ChildProcess): string[] {
  const complaints: string[] = [];
  child.stderr!.on(
    'data',
    (chunk: Buffer) => void complaints.push(`the host says: ${chunk.toString().trim()}`),
  );
  return complaints;
}

async function end(child: ChildProcess, complaints: string[], ask: () => void): Promise<void> {
  if (child.exitCode === null) {
    const closed = once(child, 'close');
    ask();
    await closed;
  } else complaints.push('the host ended by itself');
  if (child.exitCode !== 0) complaints.push(`the host left with ${child.exitCode ?? child.signalCode}`);
}
