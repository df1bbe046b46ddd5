import type { HomeState } from '../../src-shared/domain/home.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { CacheFailure, createEngine, type EngineOptions } from '../engine/index.ts';
import { ArgumentProblem } from '../ipc/arguments.ts';
import { reportIncident } from '../ipc/incident.ts';
import { type Call, callerOf } from './call.ts';
import { type Command, parseCommand, USAGE } from './command.ts';
import { errorWords } from './error-words.ts';
import { runReading } from './reading.ts';
import { runPlan, runRemoval } from './removing.ts';
import { terminalText } from './terminal-text.ts';

/** Where a command's words go, and who answers its question. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks a person; null where nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

export interface CliOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly terminal: Terminal;
  /** Aborted when the person wants to stop. */
  readonly signal: AbortSignal;
  /** All of the machine; which home is the command's to say. */
  readonly engine: Omit<EngineOptions, 'homeOption' | 'startWithSample'>;
}

/** 0: done. 1: it could not be done. 2: not understood, or a confirmation is missing. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command of `strata` on an engine of this process. */
export async function runCli({
  argv,
  cwd,
  terminal,
  signal,
  engine: options,
}: CliOptions): Promise<ExitCode> {
  const command = readCommand(argv, cwd, terminal);
  if (command === null) return 2;
  if (command.kind === 'help') {
    terminal.out(USAGE);
    return 0;
  }
  const engine = createEngine({ ...options, homeOption: command.home, startWithSample: false });
  try {
    return await run(command, callerOf(engine.handlers, signal), terminal);
  } catch (error) {
    complain(errorOf(error, command.kind, terminal), terminal);
    return 1;
  } finally {
    engine.close();
  }
}

function readCommand(argv: readonly string[], cwd: string, terminal: Terminal): Command | null {
  try {
    return parseCommand(argv, cwd);
  } catch (error) {
    if (!(error instanceof ArgumentProblem)) throw error;
    terminal.err(`strata: ${error.message}\n`);
    return null;
  }
}

async function run(
  command: Exclude<Command, { kind: 'help' }>,
  call: Call,
  terminal: Terminal,
): Promise<ExitCode> {
  noteState(await call('home.get', {}), command.home !== null, terminal);
  switch (command.kind) {
    case 'plan':
      return runPlan(command, call, terminal);
    case 'removal':
      return runRemoval(command, call, terminal);
    default:
      return runReading(command, call, terminal);
  }
}

/**
 * A machine on which msb never ran has an empty cache, which is nothing to complain about every night; a home that
 * was named and is not there is a mistake.
 */
function noteState(
  { status, home, schema, readOnlyReasons }: HomeState,
  isNamed: boolean,
  terminal: Terminal,
): void {
  const notes = [...readOnlyReasons];
  if (status === 'no-home' && isNamed) throw new CacheFailure({ code: 'cache-missing', path: home });
  if (status === 'no-home') notes.push(`There is no microsandbox cache at ${home} yet.`);
  if (schema.kind === 'unknown-intact') {
    notes.push(`The database has migrations Strata does not know: ${schema.unknownMigrations.join(', ')}.`);
  }
  for (const note of notes) terminal.err(`strata: ${terminalText(note)}\n`);
}

function errorOf(error: unknown, where: string, terminal: Terminal): CacheError {
  if (error instanceof CacheFailure) return error.error;
  return reportIncident(where, error, (text) => terminal.err(`${text}\n`));
}

/** The code stands in the first line, for scripts. */
function complain(error: CacheError, terminal: Terminal): void {
  const [first = '', ...others] = errorWords(error);
  terminal.err(`strata: ${error.code}: ${terminalText(first)}\n`);
  for (const line of others) terminal.err(`  ${terminalText(line)}\n`);
}
