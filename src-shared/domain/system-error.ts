/**
 * What an error code of the system means, for whoever does not know the codes: `the disk is full (ENOSPC)`. Goes into
 * brackets or after a colon. A code without words here, or something that is no code, is shown as it is.
 */
export function describeSystemError(code: string): string {
  return Object.hasOwn(WORDS, code) ? `${WORDS[code]} (${code})` : code;
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'its permissions do not allow it',
  EPERM: 'the system does not allow it',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'it would be too large',
  EIO: 'the disk could not be read or written',
  ENOENT: 'it is not there any more',
  EEXIST: 'something else is in its place',
  ENOTDIR: 'part of its path is no folder',
  EISDIR: 'a folder is in its place',
  ENOTEMPTY: 'the folder is not empty',
  ELOOP: 'a symbolic link is in its place',
  ENAMETOOLONG: 'its name is too long',
  EBUSY: 'something else is using it',
  ETXTBSY: 'it is being run',
  EXDEV: 'it lies on another file system',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  ESTALE: 'the network drive has lost it',
  ETIMEDOUT: 'the network drive does not answer',
};
