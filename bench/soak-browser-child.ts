import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHost } from '../src-main/host/server.ts';
import { startEngineWorker } from '../src-main/ipc/engine-worker.ts';
import { readRendererAssets } from '../src-main/ipc/renderer-assets.ts';

// The browser host from its sources, with a page that says nothing: `soak-host.ts HOME SCRATCH TOKEN`. Prints its port,
// and ends with its standard input.
const [home = '', scratch = '', token = ''] = process.argv.slice(2);
const renderer = join(scratch, 'renderer');
mkdirSync(renderer);
writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Strata</title>');
const engine = startEngineWorker({
  engine: {
    homeOption: home,
    startWithSample: false,
    env: {},
    userHome: scratch,
    sampleArchive: join(scratch, 'none'),
    scratchDir: join(scratch, 'scratch'),
    dataDir: join(scratch, 'data'),
  },
});
const host = await startHost({ engine, assets: readRendererAssets(renderer), token, port: 0 });
process.stdout.write(`${host.port}\n`);
process.stdin.resume();
process.stdin.on('end', async () => {
  await host.close();
  await engine.close();
});
