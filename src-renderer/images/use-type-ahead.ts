import { useRef } from 'react';
import type { ImageRow } from './image-entries.ts';
import { findTyped } from './type-ahead.ts';

/** Letters this far apart belong to one word. */
const PAUSE_MS = 700;

/** Takes a key typed on the list and says which row it leads to; -1 when it leads nowhere. */
export function useTypeAhead(rows: readonly ImageRow[]): (key: string, from: number) => number {
  const word = useRef({ text: '', atMs: 0 });
  return (key, from) => {
    if (key.length !== 1 || key === '/') return -1;
    const now = performance.now();
    const isGoingOn = now - word.current.atMs < PAUSE_MS;
    word.current = { text: isGoingOn ? word.current.text + key : key, atMs: now };
    return findTyped(rows, from, word.current.text);
  };
}
