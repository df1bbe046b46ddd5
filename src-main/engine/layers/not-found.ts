import { CacheFailure } from '../failure.ts';

/** No such path; or, with `why`, nothing of the wanted kind there: `/bin (a symlink, not a regular file)`. */
export function notFound(path: string, why?: string): CacheFailure {
  return new CacheFailure({
    code: 'not-found',
    what: 'file',
    name: why === undefined ? path : `${path} (${why})`,
  });
}
