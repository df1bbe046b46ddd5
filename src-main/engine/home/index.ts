export type { HomePaths } from './paths.ts';
export { type HomeOptions, resolveHome } from './resolve-home.ts';
export { unpackSample } from './sample.ts';
