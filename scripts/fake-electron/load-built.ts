import { registerHooks } from 'node:module';

const STAND_IN = new URL('./electron.ts', import.meta.url).href;
const MAIN = new URL('../../out/main/main.js', import.meta.url).href;

/** Loads out/main/main.js with the stand-in for `electron`, as if it was started with these options. */
export async function loadBuilt(options: readonly string[]): Promise<void> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' ? { url: STAND_IN, shortCircuit: true } : next(specifier, context),
  });
  process.argv = [process.execPath, MAIN, ...options];
  await import(MAIN);
}
