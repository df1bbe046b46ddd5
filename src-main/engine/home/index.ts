export { resolveHome } from './resolve-home.ts';
