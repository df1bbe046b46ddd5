/**
 * Where the script of a thread lies: next to the file that starts it in source as well as, since chunks lie flat, in
 * the build.
 *
 * @param from `import.meta.url` of the file that starts it.
 * @param name Without its ending.
 */
export function threadUrl(from: string, name: string): URL {
  return new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
}
