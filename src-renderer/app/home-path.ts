import { toVisible } from '../detail/visible-text.ts';

/** A person's own folder by the three systems' customs: /home/a, /root, /Users/a, C:\Users\a. */
const OWN_FOLDER = /^(?:\/home\/[^/]+|\/root|\/Users\/[^/]+|[A-Za-z]:\\Users\\[^\\]+)(?=[/\\]|$)/;

/** `~/.microsandbox`: a path as people say it, all of it visible. Only for showing; the page does not know whose folder it is. */
export function shortenHome(path: string): string {
  return toVisible(path.replace(OWN_FOLDER, '~'));
}

/** As many characters as the end of a path may take where the path has too little room. */
const LONGEST_TAIL = 22;

/**
 * A path in two: its end, the last two names where they are short or else the last, tells it from others and is worth
 * more than its beginning.
 */
export function splitPath(path: string): { readonly head: string; readonly tail: string } {
  const [tail = ''] = /(?:[/\\][^/\\]+){2}$/.exec(path) ?? [];
  const [last = ''] = /[/\\][^/\\]+$/.exec(path) ?? [];
  const end = tail !== '' && tail.length <= LONGEST_TAIL ? tail : last.length <= LONGEST_TAIL ? last : '';
  return { head: path.slice(0, path.length - end.length), tail: end };
}
