import { parseServeOptions, type ServeOptions } from './host/serve-options.ts';
import { type Host, startHost } from './host/server.ts';
import { makeToken } from './host/token.ts';
import { ArgumentProblem } from './ipc/arguments.ts';
import type { EngineWorker } from './ipc/engine-worker.ts';
import { RENDERER_DIR } from './ipc/program-files.ts';
import { type Assets, readRendererAssets } from './ipc/renderer-assets.ts';
import { startEngine } from './ipc/start-engine.ts';

// The composition root of the browser host: `node src-main/serve.ts`, or out/main/serve.js once built.

const EXIT_PROBLEM = 1;
const EXIT_ARGUMENTS = 2;

/** What keeps the host from starting, as one line for a person. */
class StartProblem extends Error {}

async function serve(): Promise<void> {
  const stopped = stopSignal();
  const options = parseServeOptions(process.argv.slice(2), process.cwd());
  const assets = readInterface();
  const token = options.token ?? makeToken();
  const engine = startEngine(options);
  try {
    const host = await listen(options, { engine, assets, token });
    // The token stands in the fragment: browsers send that to nobody. It is shown here and nowhere else.
    process.stdout.write(`Strata is at http://127.0.0.1:${host.port}/#token=${token}\n`);
    await stopped;
    await host.close();
  } finally {
    await engine.close();
  }
}

/** Ctrl-C, an ordinary kill, or the terminal going away. A second one does not cut short what the first began. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

function readInterface(): Assets {
  try {
    return readRendererAssets(RENDERER_DIR);
  } catch (cause) {
    throw new StartProblem('The interface is not built yet: run `npm run build` first', { cause });
  }
}

async function listen(
  { port }: ServeOptions,
  rest: { readonly engine: EngineWorker; readonly assets: Assets; readonly token: string },
): Promise<Host> {
  try {
    return await startHost({ port, ...rest });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program has it' : `the system says ${code}`;
    throw new StartProblem(`Port ${port} of 127.0.0.1 cannot be opened: ${why}`, { cause });
  }
}

try {
  await serve();
} catch (error) {
  if (!(error instanceof StartProblem || error instanceof ArgumentProblem)) throw error;
  process.stderr.write(`strata: ${error.message}\n`);
  process.exitCode = error instanceof ArgumentProblem ? EXIT_ARGUMENTS : EXIT_PROBLEM;
}
process.exit();
