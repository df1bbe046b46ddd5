import { removeRunFolder } from './scratch.ts';

/** Vitest's global set-up: what the worker threads of this run made goes when the run is over. */
export default function setUp(): () => void {
  return removeRunFolder;
}
