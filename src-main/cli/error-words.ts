import { describeHolder } from '../../src-shared/domain/holder.ts';
import { describeSystemError } from '../../src-shared/domain/system-error.ts';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';

/**
 * What a failed call says in a terminal, a line each and the next step last: the interface's own words speak
 * of buttons, these of options.
 */
export function errorWords(error: CacheError): readonly string[] {
  switch (error.code) {
    case 'not-found':
      if (error.what === 'plan')
        return [
          'The list you saw is no longer kept, so nothing was removed.',
          'Run the command again to see what would go now.',
        ];
      return [
        `The ${error.what} ${error.name} is not in the cache.`,
        'strata list shows what is; references are matched exactly.',
      ];
    case 'in-use':
      return [
        `${error.reference} is in use by ${error.holders.map(describeHolder).join(', ')}; nothing was removed.`,
        'Remove those first, or add --force: the name goes then, and what they need stays.',
      ];
    case 'database-busy':
      return [
        `Another program is writing to ${error.file}; it was still locked after ${error.waitedMs} ms.`,
        'Nothing was changed. Wait until msb has finished, then try again.',
      ];
    case 'schema-unsupported':
      return [
        'This cache was written by a version of msb that Strata does not know:',
        ...error.differences,
        'Nothing was changed. Update Strata, or use msb itself to remove images.',
      ];
    case 'read-only':
      return [
        'Nothing can be removed from this cache:',
        ...error.reasons,
        'Nothing was changed. Resolve that, then run the command again; list, inspect and usage work meanwhile.',
      ];
    case 'invalid-input':
      return [
        'That cannot be asked for:',
        ...error.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
        'Nothing was changed. Correct the command line; strata help says what each option takes.',
      ];
    case 'cache-missing':
      return [
        `There is no microsandbox cache at ${error.path}.`,
        'Pull an image with msb, or name another home with --home.',
      ];
    case 'world-changed':
      return [
        'The cache changed while you were looking, so nothing was removed.',
        ...error.appeared.map((name) => `new: ${name}`),
        ...error.disappeared.map((name) => `gone: ${name}`),
        'Run the command again to see what would go now.',
      ];
    case 'undo-blocked':
      return [
        'This removal cannot be undone as things are:',
        ...error.reasons,
        'Nothing was changed. Remove what has taken its place first, or let the undo time pass.',
      ];
    case 'not-saved':
      return [
        `${error.file} could not be written: ${withoutStop(describeSystemError(error.detail))}.`,
        'See that the folder can be written to, then try again.',
      ];
    case 'damaged':
      if (isDatabase(error.file))
        return [
          `The cache database ${error.file} cannot be read: ${withoutStop(error.detail)}.`,
          'Nothing was changed. Restore the file from a backup, then try again.',
        ];
      return [
        `${error.file} is damaged: ${withoutStop(error.detail)}.`,
        'Other images are not affected. Pull the image again to repair it, or remove it.',
      ];
    case 'removal-under-way':
      return [
        'Another removal is under way in this cache; nothing was changed.',
        'Wait until it has ended, then run the command again.',
      ];
    case 'disconnected':
      return [
        `The connection to Strata was lost: ${withoutStop(error.detail)}.`,
        'Start Strata again if it has ended, then try again.',
      ];
    case 'internal':
      return [
        `Something went wrong inside Strata, incident ${error.incident}; the lines above say what.`,
        'Try again. If it happens again, please report it with them.',
      ];
    default:
      return assertNever(error);
  }
}

/** Files of the cache are named relative to it; the database lies beside it, under its absolute path. */
function isDatabase(file: string): boolean {
  return /[/\\]db[/\\]msb\.db$/.test(file);
}

/** Details are sentences, which may bring their own full stop. */
function withoutStop(detail: string): string {
  return detail.replace(/\.$/, '');
}
