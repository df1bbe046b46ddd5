import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src-shared/ipc/commands.ts';
import { isPressed, type KeyPress, keyText } from './keys.ts';

function press(text: string, key: string): KeyPress {
  return {
    key,
    ctrlKey: text.includes('c'),
    metaKey: text.includes('m'),
    altKey: text.includes('a'),
    shiftKey: text.includes('s'),
  };
}

describe('isPressed', () => {
  it.each([
    ['Mod+K', false, 'c', 'k', true],
    ['Mod+K', false, 'cs', 'K', false],
    ['Mod+K', false, 'm', 'k', false],
    ['Mod+K', true, 'm', 'k', true],
    ['Mod+K', true, 'c', 'k', false],
    ['Mod+Shift+P', false, 'cs', 'P', true],
    ['Mod+Shift+P', false, 'c', 'p', false],
    ['?', false, 's', '?', true],
    ['?', false, '', '?', true],
    ['?', false, 'a', '?', false],
    ['Space', false, '', ' ', true],
    ['Shift+Space', false, '', ' ', false],
    ['Delete', true, '', 'Backspace', true],
    ['Delete', false, '', 'Backspace', false],
  ])('%s, on a Mac %s, with "%s" and %s held: %s', (keys, onMac, modifiers, key, expected) => {
    expect(isPressed(press(modifiers, key), [keys], onMac)).toBe(expected);
  });

  it('is never true where there are no keys', () => {
    expect(isPressed(press('', 'a'), undefined)).toBe(false);
  });
});

it('writes keys as the platform does', () => {
  expect(keyText('Mod+Shift+P', false)).toBe('Ctrl Shift P');
  expect(keyText('Mod+Shift+P', true)).toBe('⌘⇧P');
  expect(keyText('ArrowDown', false)).toBe('↓');
});

it('gives every key of the table of commands one meaning', () => {
  const keys = Object.values(COMMANDS).flatMap((command) => command.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  for (const command of Object.values(COMMANDS)) {
    expect(command.keys === undefined).toBe(command.heardBy === undefined);
  }
});
