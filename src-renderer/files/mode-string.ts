/**
 * `rwxr-sr-t`: the nine permissions as `ls -l` writes them, with set-user-ID, set-group-ID and the sticky bit
 * in place of an `x` (upper case where the `x` itself is missing).
 *
 * @param mode the 12 permission bits, 0 to 0o7777
 */
export function formatMode(mode: number): string {
  return [
    triple(mode >> 6, (mode & 0o4000) !== 0, 's'),
    triple(mode >> 3, (mode & 0o2000) !== 0, 's'),
    triple(mode, (mode & 0o1000) !== 0, 't'),
  ].join('');
}

/** `4755`: the same in octal, at least three digits. */
export function formatOctal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(3, '0');
}

function triple(bits: number, isSpecial: boolean, letter: string): string {
  const canRun = (bits & 1) !== 0;
  const last = isSpecial ? (canRun ? letter : letter.toUpperCase()) : canRun ? 'x' : '-';
  return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
}
