import type { InputOf } from '../../src-shared/ipc/contract.ts';
import { ArgumentProblem, homeArgument, quote, readArguments } from '../ipc/arguments.ts';
import { parseSize } from './size.ts';

/** One command line, understood. */
export type Command = ReadingCommand | PlanCommand | RemovalCommand | { readonly kind: 'help' };

export type Action = InputOf<'cache.plan'>['action'];
type Policy = Extract<Action, { kind: 'prune' }>['policy'];

interface Common {
  /** Absolute; null to go by the environment. */
  readonly home: string | null;
  /** The contract's values instead of tables. */
  readonly asJson: boolean;
}

export type ReadingCommand =
  | (Common & { readonly kind: 'list' })
  | (Common & { readonly kind: 'usage' })
  | (Common & { readonly kind: 'inspect'; readonly reference: string });

export type PlanCommand = Common & { readonly kind: 'plan'; readonly action: Action };

export type RemovalCommand = Common & {
  readonly kind: 'removal';
  readonly action: Action;
  /** Nobody is asked. */
  readonly isConfirmed: boolean;
  /** How long it can be undone in the app; 0 frees the space at once. */
  readonly undoMinutes: number;
};

export const USAGE = `usage: strata [--home DIR | --sample]              open the app
       strata serve [--home DIR | --sample] [--port N] [--token T]
                                                  serve the app to a browser on this machine
       strata list | usage | inspect REF          what is in the cache, and where its bytes are
       strata plan ACTION                         what one of these would remove, and what it keeps
       strata remove REF... [--force]             remove images
       strata gc | gc-layers                      collect all garbage, or orphaned layers only
       strata prune [RULES]                       remove images nothing holds, then all garbage

Actions show what they are about to do and ask; --yes does not ask. What is done is what was shown, or nothing.

  --home DIR               the microsandbox home; else MSB_HOME, else ~/.microsandbox
  --json                   values as JSON on standard output
  --yes                    do it without asking
  --undo MINUTES           set aside what goes, and free it only then: the app can undo it until then
  --force                  remove the names of images in use; what their holders need stays

rules of prune:
  --unused-days N          only images not used for N days
  --keep-newest N          keep the newest N tags of each repository
  --keep-hours N           keep what was pulled in the last N hours
  --under SIZE             stop once the cache occupies no more than SIZE, such as 20GB or 512MiB
  --free SIZE              stop once SIZE comes free
  --pin REF[,REF...]       never take these

Exit codes: 0 done, 1 it could not be done, 2 the command line is not understood or a confirmation is missing.
`;

const MOST_UNDO_MINUTES = 525_600;

const COMMON = { home: 'value', json: 'flag' } as const;
const RULES = {
  'unused-days': 'value',
  'keep-newest': 'value',
  'keep-hours': 'value',
  under: 'value',
  free: 'value',
  pin: 'value',
} as const;

const OPTIONS = {
  list: {},
  usage: {},
  inspect: {},
  remove: { force: 'flag' },
  gc: {},
  'gc-layers': {},
  prune: RULES,
} as const;

type Verb = keyof typeof OPTIONS;
type ActionVerb = 'remove' | 'gc' | 'gc-layers' | 'prune';

/**
 * What stands after `--` is a reference whatever it looks like.
 *
 * @throws ArgumentProblem
 */
export function parseCommand(argv: readonly string[], cwd: string): Command {
  const [first = 'help', ...others] = argv;
  if (first === 'help' || others.includes('--help')) return { kind: 'help' };
  const isPlan = first === 'plan';
  const verb = isPlan ? others[0] : first;
  if (verb === undefined) throw new ArgumentProblem('plan needs an action: remove, gc, gc-layers or prune');
  if (!isVerb(verb) || (isPlan && !isActionVerb(verb))) {
    throw new ArgumentProblem(`${quote(verb)} is not ${isPlan ? 'an action' : 'a command'}; try strata help`);
  }
  const words = isPlan ? others.slice(1) : others;
  const given = readWords(words, {
    ...COMMON,
    ...OPTIONS[verb],
    ...(isActionVerb(verb) && !isPlan ? { yes: 'flag' as const, undo: 'value' as const } : {}),
  });
  const common = { home: homeArgument(given, cwd), asJson: given.options.has('json') };
  if (!isActionVerb(verb)) return readingCommand(verb, given.rest, common);
  const action = actionOf(verb, given.options, given.rest);
  if (isPlan) return { kind: 'plan', ...common, action };
  return {
    kind: 'removal',
    ...common,
    action,
    isConfirmed: given.options.has('yes'),
    undoMinutes: minutesOf(given.options.get('undo')),
  };
}

interface Words {
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

function readWords(words: readonly string[], kinds: Readonly<Record<string, 'value' | 'flag'>>): Words {
  const end = words.indexOf('--');
  const given = readArguments(end < 0 ? words : words.slice(0, end), kinds);
  const unknown = given.rest.find((word) => word.startsWith('-'));
  if (unknown !== undefined)
    throw new ArgumentProblem(`${quote(unknown)} is not an option here; try strata help`);
  return { options: given.options, rest: end < 0 ? given.rest : [...given.rest, ...words.slice(end + 1)] };
}

function isVerb(word: string): word is Verb {
  return Object.hasOwn(OPTIONS, word);
}

function isActionVerb(verb: string): verb is ActionVerb {
  return verb === 'remove' || verb === 'gc' || verb === 'gc-layers' || verb === 'prune';
}

function readingCommand(
  verb: Exclude<Verb, ActionVerb>,
  names: readonly string[],
  common: Common,
): ReadingCommand {
  if (verb !== 'inspect') {
    refuseNames(verb, names);
    return { kind: verb, ...common };
  }
  const [reference] = names;
  if (reference === undefined || names.length > 1) throw new ArgumentProblem('inspect takes one reference');
  return { kind: 'inspect', ...common, reference };
}

function actionOf(verb: ActionVerb, options: ReadonlyMap<string, string>, names: readonly string[]): Action {
  switch (verb) {
    case 'remove':
      if (names.length === 0) throw new ArgumentProblem('remove needs the reference of an image');
      return { kind: 'remove', references: [...new Set(names)], force: options.has('force') };
    case 'gc':
      refuseNames(verb, names);
      return { kind: 'gc' };
    case 'gc-layers':
      refuseNames(verb, names);
      return { kind: 'gcLayers' };
    case 'prune':
      refuseNames(verb, names);
      return { kind: 'prune', policy: policyOf(options) };
  }
}

function policyOf(options: ReadonlyMap<string, string>): Policy {
  const days = options.get('unused-days');
  const newest = options.get('keep-newest');
  const hours = options.get('keep-hours');
  const under = options.get('under');
  const free = options.get('free');
  const pins = options.get('pin');
  return {
    ...(days === undefined ? {} : { unusedForDays: parseNumber('unused-days', days) }),
    ...(newest === undefined ? {} : { keepNewestPerRepository: parseNumber('keep-newest', newest) }),
    ...(hours === undefined ? {} : { keepPulledWithinHours: parseNumber('keep-hours', hours) }),
    ...(under === undefined ? {} : { cacheUnderBytes: parseSize('under', under) }),
    ...(free === undefined ? {} : { freeAtLeastBytes: parseSize('free', free) }),
    ...(pins === undefined ? {} : { pinned: pins.split(',').filter((pin) => pin !== '') }),
  };
}

/** Whoever is at the command line wants the space: nothing is set aside unless it is asked for. */
function minutesOf(undo: string | undefined): number {
  if (undo === undefined) return 0;
  const minutes = parseNumber('undo', undo);
  if (minutes > MOST_UNDO_MINUTES)
    throw new ArgumentProblem(`--undo is at most ${MOST_UNDO_MINUTES} minutes, a year`);
  return minutes;
}

function parseNumber(name: string, text: string): number {
  if (!/^[0-9]{1,9}$/.test(text))
    throw new ArgumentProblem(`--${name} is a whole number, not ${quote(text)}`);
  return Number(text);
}

function refuseNames(verb: string, [name]: readonly string[]): void {
  if (name !== undefined) throw new ArgumentProblem(`${verb} takes no ${quote(name)}`);
}
