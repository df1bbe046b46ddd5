import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { scratchDir } from './scratch.ts';

/** The msb releases the fixtures can be made with; both come from npm with the platform packages. */
export type MsbVersion = '0.6.18' | '0.7.2';

const VERSIONS: readonly MsbVersion[] = ['0.6.18', '0.7.2'];

/** The versions whose binary this machine has, oldest first. */
export function availableMsbVersions(): MsbVersion[] {
  return VERSIONS.filter((version) => msbBinary(version) !== null);
}

/** The absolute path of the binary; null where npm has none for this platform. */
export function msbBinary(version: MsbVersion): string | null {
  const name = process.platform === 'win32' ? 'msb.exe' : 'msb';
  for (const packageName of packagesOf(version)) {
    try {
      const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
      const binary = join(dirname(manifest), 'bin', name);
      if (existsSync(binary)) return binary;
    } catch {
      // Not installed: npm leaves out the packages of other platforms.
    }
  }
  return null;
}

/** One sentence for a test that is skipped. */
export function missingMsbReason(version: MsbVersion): string {
  return `msb ${version} has no binary for ${process.platform}-${process.arch} in node_modules`;
}

export interface MsbOptions {
  /** 0.6.18 unless said otherwise. */
  readonly version?: MsbVersion;
  /** The process is killed after this long; 60 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Resolve on exit codes other than 0, and reject on 0. */
  readonly expectFailure?: boolean;
  readonly cwd?: string;
  /** Added to an otherwise clean environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface MsbResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * Runs the real msb on a home directory. Its environment holds only PATH, MSB_HOME, a scratch HOME and what
 * `options.env` adds, so the person's own microsandbox is never touched.
 *
 * @throws Error with both outputs when the exit code is not the expected kind, or the time is up.
 */
export function runMsb(home: string, args: readonly string[], options: MsbOptions = {}): Promise<MsbResult> {
  const { version = '0.6.18', timeoutMs = 60_000, expectFailure = false } = options;
  const binary = msbBinary(version);
  if (binary === null) return Promise.reject(new Error(missingMsbReason(version)));
  const { promise, resolve, reject } = Promise.withResolvers<MsbResult>();
  const child = spawn(binary, args, {
    cwd: options.cwd ?? userHome(),
    env: environment(home, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.on('error', reject);
  child.on('close', (code, signal) => {
    const said = `${stdout()}${stderr()}`.trim();
    if (code === null) reject(new Error(`msb ${args.join(' ')} was ended by ${signal}: ${said}`));
    else if ((code === 0) === expectFailure) {
      reject(new Error(`msb ${args.join(' ')} left with ${code}: ${said}`));
    } else resolve({ stdout: stdout(), stderr: stderr(), exitCode: code });
  });
  return promise;
}

/** As `runMsb` with `--format json`, parsed. */
export async function runMsbJson(
  home: string,
  args: readonly string[],
  options: MsbOptions = {},
): Promise<unknown> {
  const { stdout } = await runMsb(home, [...args, '--format', 'json'], options);
  return JSON.parse(stdout);
}

function packagesOf(version: MsbVersion): readonly string[] {
  const { platform, arch } = process;
  if (version === '0.7.2') return platform === 'linux' && arch === 'x64' ? ['msb-0.7-linux-x64'] : [];
  const suffix = platform === 'linux' ? '-gnu' : platform === 'win32' ? '-msvc' : '';
  return [`@superradcompany/microsandbox-${platform}-${arch}${suffix}`];
}

let scratchHome: string | undefined;

function userHome(): string {
  scratchHome ??= scratchDir('user');
  return scratchHome;
}

function environment(home: string, added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const user = userHome();
  return {
    PATH: process.env.PATH ?? '',
    HOME: user,
    USERPROFILE: user,
    // A Windows process does not start without it.
    ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
    MSB_HOME: home,
    NO_COLOR: '1',
    ...added,
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
