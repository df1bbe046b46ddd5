import { describe, expect, it } from 'vitest';
import { splitVisible, toVisible } from './visible-text.ts';

describe('splitVisible', () => {
  it('keeps plain text, letters of every script and emoji as one run', () => {
    const text = 'PATH=/usr/bin:ä日本語 عربي 👩🏽';
    expect(splitVisible(text)).toEqual([{ text, isMark: false }]);
  });

  it('gives nothing for empty text', () => {
    expect(splitVisible('')).toEqual([]);
  });

  it('shows a terminal escape as text', () => {
    expect(toVisible('\u001b[31mred\u0007')).toBe('\\x1b[31mred\\x07');
  });

  it('shows a right-to-left override instead of obeying it', () => {
    expect(splitVisible('a\u202eb')).toEqual([
      { text: 'a', isMark: false },
      { text: '\\u202e', isMark: true },
      { text: 'b', isMark: false },
    ]);
  });

  it('marks a line feed and keeps the line break', () => {
    expect(splitVisible('a\r\nb')).toEqual([
      { text: 'a', isMark: false },
      { text: '\\r\\n', isMark: true },
      { text: '\n', isMark: false },
      { text: 'b', isMark: false },
    ]);
  });

  it('joins neighbouring marks into one run', () => {
    expect(splitVisible('\u200b\u200b\u0000')).toEqual([{ text: '\\u200b\\u200b\\0', isMark: true }]);
  });

  it('shows half a surrogate pair and invisible tags', () => {
    expect(toVisible('x\ud800y\u{e0041}')).toBe('x\\ud800y\\u{e0041}');
  });
});
