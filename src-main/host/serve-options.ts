import { ArgumentProblem, homeArgument, quote, readArguments } from '../ipc/arguments.ts';

export interface ServeOptions {
  /** Absolute; null to go by the environment. */
  readonly home: string | null;
  readonly sample: boolean;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Null to make one up. */
  readonly token: string | null;
}

const USAGE = 'usage: serve [--home DIR | --sample] [--port N] [--token T]';

/** 8 to 256 characters that need no escaping in a URL. */
const TOKEN = /^[A-Za-z0-9_~.-]{8,256}$/;

/** @throws ArgumentProblem */
export function parseServeOptions(argv: readonly string[], cwd: string): ServeOptions {
  const given = readArguments(argv, { home: 'value', sample: 'flag', port: 'value', token: 'value' });
  const [unknown] = given.rest;
  if (unknown !== undefined) throw new ArgumentProblem(`${quote(unknown)} is not an option; ${USAGE}`);
  return {
    home: homeArgument(given, cwd),
    sample: given.options.has('sample'),
    port: parsePort(given.options.get('port') ?? '0'),
    token: parseToken(given.options.get('token') ?? null),
  };
}

function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ArgumentProblem(`--port is a number from 0 to 65535, not ${quote(text)}`);
  return port;
}

/** The message does not repeat the token: it may end up in a log. */
function parseToken(token: string | null): string | null {
  if (token === null || TOKEN.test(token)) return token;
  throw new ArgumentProblem('--token takes 8 to 256 characters out of A-Z a-z 0-9 - _ . ~');
}
