import { createEngine, type Engine } from './index.ts';

/**
 * An engine on a home, as the hosts start one. The caller closes it.
 *
 * @param scratch A directory of the test's own, for all that the engine keeps.
 */
export function openEngine(home: string, scratch: string): Engine {
  return createEngine({
    homeOption: home,
    startWithSample: false,
    env: {},
    userHome: home,
    sampleArchive: `${scratch}/no-sample`,
    scratchDir: scratch,
    dataDir: scratch,
  });
}
