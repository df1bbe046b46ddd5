import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { ArgumentProblem, homeArgument, readArguments } from '../ipc/arguments.ts';
import { isDeepLink, parseDeepLink } from './deep-link.ts';

/** What a start of the app asks for. */
export interface LaunchOptions {
  /** Absolute; null to go by the environment. */
  readonly home: string | null;
  readonly sample: boolean;
  /** Open a window, make one call, quit: exit code 0 when all of it works. */
  readonly smoke: boolean;
  /** The image a deep link names. */
  readonly reference: string | null;
}

/**
 * Chromium's own switches and whatever else stands beside our options is ignored, as is a link that is not
 * well-formed.
 *
 * @throws ArgumentProblem
 */
export function parseLaunchOptions(argv: readonly string[], cwd: string): LaunchOptions {
  const given = readArguments(argv, { home: 'value', sample: 'flag', smoke: 'flag' });
  const link = given.rest.find(isDeepLink);
  return {
    home: homeArgument(given, cwd),
    sample: given.options.has('sample'),
    smoke: given.options.has('smoke'),
    reference: link === undefined ? null : parseDeepLink(link),
  };
}

const handedOver = z.strictObject({
  argv: z.array(z.string().max(32_768)).max(256),
  cwd: z.string().max(4096).refine(isAbsolute),
});

/** What a second start hands to the first one. */
export function handOver(argv: readonly string[], cwd: string): z.infer<typeof handedOver> {
  return { argv: [...argv], cwd };
}

/** Reads that, in a process that did not write it; null when it is not what we would have written. */
export function readHandedOver(data: unknown): LaunchOptions | null {
  const parsed = handedOver.safeParse(data);
  if (!parsed.success) return null;
  try {
    return parseLaunchOptions(parsed.data.argv, parsed.data.cwd);
  } catch (error) {
    if (error instanceof ArgumentProblem) return null;
    throw error;
  }
}
