/** The parts of a key press that tell shortcuts apart. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);

const MAC_SIGNS: Readonly<Record<string, string>> = {
  Mod: '⌘',
  Shift: '⇧',
  Alt: '⌥',
  Delete: '⌫',
  Enter: '↩',
};
const SIGNS: Readonly<Record<string, string>> = {
  Mod: 'Ctrl',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
};

/** What `Mod+Shift+P` is on this platform, key by key: `Ctrl`, `Shift`, `P`, or `⌘`, `⇧`, `P` on a Mac. */
export function keyCaps(keys: string, onMac = isMac): readonly string[] {
  return splitKeys(keys).map((key) => (onMac ? MAC_SIGNS[key] : undefined) ?? SIGNS[key] ?? key);
}

/** The same in one text: `⌘⇧P` or `Ctrl Shift P`. */
export function keyText(keys: string, onMac = isMac): string {
  return keyCaps(keys, onMac).join(onMac ? '' : ' ');
}

/** Whether a key press is one of these, neither more modifiers nor fewer. */
export function isPressed(press: KeyPress, keys: readonly string[] | undefined, onMac = isMac): boolean {
  return keys?.some((one) => matches(press, splitKeys(one), onMac)) ?? false;
}

function matches(press: KeyPress, parts: readonly string[], onMac: boolean): boolean {
  const key = parts.at(-1)!;
  const isCharacter = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  const wantsMod = parts.includes('Mod');
  const [mod, other] = onMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  return (
    nameOf(press.key, onMac).toLowerCase() === key.toLowerCase() &&
    mod === wantsMod &&
    !other &&
    press.altKey === parts.includes('Alt') &&
    // Which keys make a character, `?` or `/`, is the layout's affair.
    (press.shiftKey === parts.includes('Shift') || isCharacter)
  );
}

/** A Mac's delete key says Backspace. */
function nameOf(key: string, onMac: boolean): string {
  if (key === ' ') return 'Space';
  return onMac && key === 'Backspace' ? 'Delete' : key;
}

function splitKeys(keys: string): readonly string[] {
  return keys.split('+');
}
