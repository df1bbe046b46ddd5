import { formatCount } from '../../src-shared/domain/format.ts';
import { describeHolder } from '../../src-shared/domain/holder.ts';
import { describeSystemError } from '../../src-shared/domain/system-error.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { shortenHashesIn } from '../detail/short-name.ts';
import { toVisible } from '../detail/visible-text.ts';

export interface ErrorText {
  /** What happened, to what: one sentence. */
  readonly title: string;
  /** More of it, a sentence each; may be empty. */
  readonly details: readonly string[];
  /** What to do now: one sentence. */
  readonly nextStep: string;
}

/** Most lines of a list an error message shows. */
const MOST_LINES = 6;

/** The words for every code of the contract. Names in them are made visible: they come from strangers. */
export function explainError(error: CacheError): ErrorText {
  const { title, details, nextStep } = wordsOf(error);
  return {
    title: toVisible(title),
    details: details.map((line) => toVisible(shortenHashesIn(line))),
    nextStep,
  };
}

function wordsOf(error: CacheError): ErrorText {
  switch (error.code) {
    case 'not-found':
      return notFound(error);
    case 'in-use':
      return {
        title: `${error.reference} is in use, so it was not removed.`,
        details: [`Held by ${joinWords(error.holders.map(describeHolder))}.`],
        nextStep:
          'Remove the sandboxes and snapshots first, or force the removal: the name goes then, and what they need stays.',
      };
    case 'database-busy':
      return {
        title: 'Another program is writing to the cache database.',
        details: [`${error.file} was still locked after ${(error.waitedMs / 1000).toFixed(1)} seconds.`],
        nextStep: 'Nothing was changed. Wait until msb has finished, then try again.',
      };
    case 'schema-unsupported':
      return {
        title: 'This cache was written by a version of msb that Strata does not know.',
        details: atMost(error.differences),
        nextStep:
          'Images stay readable where possible. To remove something, update Strata or use msb itself.',
      };
    case 'read-only':
      return {
        title: 'Nothing can be removed from this cache.',
        details: atMost(error.reasons),
        nextStep: 'Nothing was changed. Resolve the reason above, then try again.',
      };
    case 'invalid-input':
      return {
        title: 'That cannot be asked for.',
        details: atMost(error.issues.map(issueText)),
        nextStep: 'Nothing was changed. Correct the input and try again.',
      };
    case 'cache-missing':
      return {
        title: 'There is no microsandbox cache here.',
        details: [error.path],
        nextStep: 'Pull an image with msb, open another folder, or try the sample cache.',
      };
    case 'world-changed':
      return {
        title: 'The cache changed after this list was made, so nothing was removed.',
        details: [
          ...atMost(error.appeared.map((name) => `New: ${name}`)),
          ...atMost(error.disappeared.map((name) => `Gone: ${name}`)),
        ],
        nextStep: 'Look at the new list and confirm again.',
      };
    case 'undo-blocked':
      return {
        title: 'This removal cannot be undone as things are.',
        details: atMost(error.reasons),
        nextStep: 'Nothing was changed. Remove what has taken its place, or free its space instead.',
      };
    case 'not-saved':
      return {
        title: 'Strata could not save its own file.',
        details: [error.file, sentence(describeSystemError(error.detail))],
        nextStep: 'The cache was not touched. See that the folder can be written to, then try again.',
      };
    case 'damaged':
      if (isDatabase(error.file)) {
        return {
          title: `The cache database cannot be read: ${error.file}`,
          details: [error.detail],
          nextStep: 'Nothing was changed. Restore the file from a backup, then try again.',
        };
      }
      return {
        title: `A file of the cache is damaged: ${error.file}`,
        details: [error.detail],
        nextStep: 'Other images are not affected. Pull the image again to repair it, or remove it.',
      };
    case 'removal-under-way':
      return {
        title: 'Another removal is under way in this cache.',
        details: ['Strata does one at a time, so that each takes exactly what it announced.'],
        nextStep: 'Nothing was changed. Wait until it has ended, or stop it, then try again.',
      };
    case 'disconnected':
      return {
        title: 'The connection to Strata was lost.',
        details: [error.detail],
        nextStep: 'Start Strata again if it has ended, then try again.',
      };
    case 'internal':
      return {
        title: 'Something went wrong inside Strata.',
        details: [`Incident: ${error.incident}`],
        nextStep:
          'Try again. If it happens again, please report it with the incident above: this machine keeps the details under that number.',
      };
    default:
      return assertNever(error);
  }
}

function notFound(error: Extract<CacheError, { code: 'not-found' }>): ErrorText {
  if (error.what === 'plan') {
    return {
      title: 'The list you confirmed is no longer kept, so nothing was removed.',
      details: [],
      nextStep: 'Look at the new list and confirm again.',
    };
  }
  if (error.what === 'undo') {
    return {
      title: 'This removal is no longer set aside, so it cannot be undone.',
      details: [],
      nextStep: 'Pull or load the images again.',
    };
  }
  return {
    title: `The ${error.what} ${error.name} is not in the cache.`,
    details: ['It may have been removed or replaced a moment ago.'],
    nextStep:
      error.what === 'file' ? 'Go back to the folder it was in.' : 'Choose another one from the list.',
  };
}

/** `the disk is full (ENOSPC)`: `The disk is full (ENOSPC).` A bare code stays as it is. */
function sentence(words: string): string {
  return words.includes(' ') ? `${words[0]!.toUpperCase()}${words.slice(1)}.` : `The system says ${words}.`;
}

/** Our own messages go on from the field's name, a word or its place in the input: `Path is not a folder.` */
function issueText({ path, message }: { readonly path: string; readonly message: string }): string {
  if (path === '') return message;
  const name = /^[a-z]+$/.test(path) ? `${path[0]!.toUpperCase()}${path.slice(1)}` : path;
  return /^(?:is|contains|cannot) /.test(message) ? `${name} ${message}.` : `${name}: ${message}`;
}

/** Files of the cache are named relative to it; the database lies beside it, under its absolute path. */
function isDatabase(file: string): boolean {
  return /[/\\]db[/\\]msb\.db$/.test(file);
}

function atMost(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), `and ${formatCount(lines.length - MOST_LINES)} more`];
}

/** `a`, `a and b`, `a, b and c`. */
function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
