import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** What the bundled packages want to be said wherever they go. */
const LICENSES = { fileName: 'licenses.md' };

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      license: LICENSES,
      rolldownOptions: {
        input: {
          main: 'src-main/main.ts',
          serve: 'src-main/serve.ts',
          cli: 'src-main/cli.ts',
          worker: 'src-main/engine/worker.ts',
          'look-thread': 'src-main/engine/store/look-thread.ts',
          'unlink-thread': 'src-main/engine/apply/unlink-thread.ts',
        },
        // Flat: shared code finds the worker and the program's files beside and above itself, as the entries do.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'src-main/preload.ts' },
        // A sandboxed preload script is CommonJS, whatever package.json says of the rest.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    define: { STRATA_VERSION: JSON.stringify(version) },
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      license: LICENSES,
      // Nothing inline: the content security policy takes fonts and pictures from files only.
      assetsInlineLimit: 0,
      minify: true,
      // Read from disk once per window: what counts for a download does not count here.
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: 'src-renderer/index.html' },
    },
  },
});
