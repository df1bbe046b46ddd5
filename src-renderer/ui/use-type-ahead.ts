import { useRef } from 'react';

/** Letters this far apart belong to one word. */
const PAUSE_MS = 700;
const NO_WORD = { text: '', atMs: Number.NEGATIVE_INFINITY };

/**
 * Takes a key typed on a list and says which item it leads to; -1 when it leads nowhere.
 *
 * @param find the index of the item that a word leads to from another one; -1 when there is none.
 */
export function useTypeAhead(
  find: (typed: string, from: number) => number,
): (key: string, from: number) => number {
  const word = useRef(NO_WORD);
  return (key, from) => {
    const now = performance.now();
    const isGoingOn = now - word.current.atMs < PAUSE_MS;
    // By itself a space chooses, and a slash finds; any other key ends the word.
    if (key.length !== 1 || key === '/' || (key === ' ' && !isGoingOn)) {
      if (key !== 'Shift') word.current = NO_WORD;
      return -1;
    }
    word.current = { text: isGoingOn ? word.current.text + key : key, atMs: now };
    return find(word.current.text, from);
  };
}
