/** What kind of thing is wrong with an image, or with one entry of it. */
export type ErofsProblem =
  /** No file of that name. */
  | 'missing'
  /** A symbolic link, a directory, a device: nothing we would read an image from. */
  | 'not-a-file'
  /** The operating system refused to open or read it. */
  | 'io'
  /** The file ends before the bytes that something in it points at. */
  | 'truncated'
  | 'superblock'
  | 'checksum'
  /** A feature this reader does not know, or compressed data; `feature` names it. */
  | 'unsupported'
  | 'inode'
  | 'directory'
  | 'data'
  | 'xattr';

/**
 * The one exception this reader throws about an image. The message is a sentence a person can read, with the
 * values found; it names no file.
 */
export class ErofsError extends Error {
  readonly problem: ErofsProblem;
  /** Set for `unsupported`: as mkfs.erofs and the kernel name the feature. */
  readonly feature: string | null;

  constructor(problem: ErofsProblem, message: string, options: ErrorOptions & { feature?: string } = {}) {
    super(message, options);
    this.name = 'ErofsError';
    this.problem = problem;
    this.feature = options.feature ?? null;
  }
}

export function unsupported(feature: string, what: string): ErofsError {
  return new ErofsError(
    'unsupported',
    `${what} needs the EROFS feature ${feature}, which Strata cannot read.`,
    {
      feature,
    },
  );
}
