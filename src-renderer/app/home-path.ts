import { toVisible } from '../detail/visible-text.ts';

/** A person's own folder by the three systems' customs: /home/a, /root, /Users/a, C:\Users\a. */
const OWN_FOLDER = /^(?:\/home\/[^/]+|\/root|\/Users\/[^/]+|[A-Za-z]:\\Users\\[^\\]+)(?=[/\\]|$)/;

/** `~/.microsandbox`: a path as people say it, all of it visible. Only for showing; the page does not know whose folder it is. */
export function shortenHome(path: string): string {
  return toVisible(path.replace(OWN_FOLDER, '~'));
}
