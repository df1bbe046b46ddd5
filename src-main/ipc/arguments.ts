import { resolve } from 'node:path';
import { plainText } from './plain-text.ts';

/** Which options a command takes: with a value (`--home DIR` or `--home=DIR`) or without. */
export type OptionKinds = Readonly<Record<string, 'value' | 'flag'>>;

export interface GivenArguments {
  /** Values by option name without the dashes; flags have ''. */
  readonly options: ReadonlyMap<string, string>;
  /** Everything that is no option of ours, in order. */
  readonly rest: readonly string[];
}

/** What is wrong with a command line, as one line for a person. */
export class ArgumentProblem extends Error {}

/**
 * Options by name; each at most once. What does not start with a known name is left in `rest`.
 *
 * @throws ArgumentProblem
 */
export function readArguments(argv: readonly string[], kinds: OptionKinds): GivenArguments {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] as string;
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument);
    const name = match?.[1] ?? '';
    if (match === null || !Object.hasOwn(kinds, name)) {
      rest.push(argument);
      continue;
    }
    if (options.has(name)) throw new ArgumentProblem(`--${name} is given twice`);
    options.set(
      name,
      kinds[name] === 'flag' ? noValue(name, match[2]) : value(name, match[2] ?? next(argv, ++index)),
    );
  }
  return { options, rest };
}

function noValue(name: string, given: string | undefined): string {
  if (given !== undefined) throw new ArgumentProblem(`--${name} takes no value`);
  return '';
}

/** What stands behind an option; another option is not its value. */
function next(argv: readonly string[], index: number): string | undefined {
  const argument = argv[index];
  return argument?.startsWith('--') ? undefined : argument;
}

function value(name: string, given: string | undefined): string {
  if (given === undefined || given === '') throw new ArgumentProblem(`--${name} needs a value`);
  return given;
}

/** `--home` as an absolute path; null when it is not given. */
export function homeArgument(given: GivenArguments, cwd: string): string | null {
  const home = given.options.get('home');
  if (home === undefined) return null;
  if (home.includes('\0')) throw new ArgumentProblem('--home has a NUL in it');
  if (given.options.has('sample')) throw new ArgumentProblem('--home and --sample exclude each other');
  return resolve(cwd, home);
}

/** An argument as a message may show it. */
export function quote(argument: string): string {
  const short = argument.length > 80 ? `${argument.slice(0, 79)}…` : argument;
  return `“${plainText(short).replaceAll('\n', '\\n')}”`;
}
