import type { CacheError } from '../../src-shared/ipc/cache-error.ts';

/** The one exception the engine throws on purpose; it carries what the caller is told. */
export class CacheFailure extends Error {
  readonly error: CacheError;

  constructor(error: CacheError, options?: ErrorOptions) {
    super(error.code, options);
    this.name = 'CacheFailure';
    this.error = error;
  }
}
