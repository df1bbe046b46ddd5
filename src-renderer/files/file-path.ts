/**
 * Paths as `TreeEntry.path` spells them: absolute, slash-separated, with `%` and every byte that is not plain
 * UTF-8 text percent-encoded. People see and type them decoded.
 */

/** One step of the way from the root to a path, for breadcrumbs. */
export interface Crumb {
  readonly path: string;
  /** Decoded, bytes that are not UTF-8 as `\xNN`. */
  readonly name: string;
}

/** The root, every folder on the way, and the path itself. */
export function listCrumbs(path: string): readonly Crumb[] {
  const crumbs: Crumb[] = [{ path: '/', name: '/' }];
  for (const part of path.split('/').filter((part) => part !== '')) {
    crumbs.push({ path: joinPath(crumbs.at(-1)!.path, part), name: decodeName(part) });
  }
  return crumbs;
}

/** The folder a path is in; null for the root. */
export function parentOf(path: string): string | null {
  if (path === '/') return null;
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Every folder that must be open for a path to show, the root first, the path itself left out. */
export function ancestorsOf(path: string): readonly string[] {
  return listCrumbs(path)
    .slice(0, -1)
    .map((crumb) => crumb.path);
}

/**
 * What a person typed as a path of the tree: `usr/lib/` is `/usr/lib`, `.` and `..` are resolved, a `%` that
 * begins no escape and control characters are encoded. Null when nothing was typed.
 */
export function parseTypedPath(typed: string): string | null {
  const text = typed.trim();
  if (text === '') return null;
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(encodeName(part));
  }
  return `/${parts.join('/')}`;
}

/** A path as other programs take it when all of it is text; otherwise as it is spelt here. */
export function toPlainPath(path: string): string {
  const names = path.split('/').map(decodeText);
  return names.includes(null) ? path : names.join('/');
}

/** One encoded name for people. */
export function decodeName(name: string): string {
  const text = decodeText(name);
  if (text !== null) return text;
  return name.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code === 0x25 ? '%' : `\\x${hex.toLowerCase()}`;
  });
}

function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** The name decoded, or null when it is not printable UTF-8. */
function decodeText(name: string): string | null {
  try {
    const text = decodeURIComponent(name);
    return /[\u0000-\u001f\u007f-\u009f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function encodeName(name: string): string {
  return name.replace(/%(?![0-9A-Fa-f]{2})|[\u0000-\u001f\u007f]/g, (character) =>
    encodeURIComponent(character),
  );
}
