import { homedir, tmpdir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { runCli } from './cli/run-cli.ts';
import { dataFolder } from './ipc/data-folder.ts';
import { SAMPLE_ARCHIVE } from './ipc/program-files.ts';

// The composition root of the command line: `node src-main/cli.ts list`, or out/main/cli.js once built.

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// Whoever reads may have had enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Anything but a yes is a no, the end of input and Ctrl-C too. */
async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => stop.abort());
  try {
    const answer = await Promise.race([
      lines.question(question, { signal: stop.signal }),
      new Promise<string>((resolve) => lines.once('close', () => resolve(''))),
    ]);
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  terminal: {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    confirm: process.stdin.isTTY && process.stderr.isTTY ? confirm : null,
  },
  signal: stop.signal,
  engine: {
    env: { ...process.env },
    userHome: homedir(),
    sampleArchive: SAMPLE_ARCHIVE,
    scratchDir: tmpdir(),
    dataDir: dataFolder({ platform: process.platform, env: process.env, userHome: homedir() }),
  },
});
