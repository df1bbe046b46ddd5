import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { haystackOf, type Match, matchWords, wordsOf } from './fuzzy.ts';

function match(query: string, text: string): Match | null {
  return matchWords(haystackOf(text), wordsOf(query));
}

/** The text with what was found in brackets; null when it was not. */
function shown(query: string, text: string): string | null {
  const found = match(query, text);
  if (found === null) return null;
  let marked = '';
  let from = 0;
  for (const { start, end } of found.ranges) {
    marked += `${text.slice(from, start)}[${text.slice(start, end)}]`;
    from = end;
  }
  return marked + text.slice(from);
}

describe('matchWords', () => {
  it.each([
    ['pyth', 'docker.io/library/python:3.12', 'docker.io/library/[pyth]on:3.12'],
    ['3.12 python', 'docker.io/library/python:3.12', 'docker.io/library/[python]:[3.12]'],
    ['AGENT', 'ghcr.io/acme/agent-runtime', 'ghcr.io/acme/[agent]-runtime'],
    ['lay', 'Replay all layers', 'Replay all [lay]ers'],
    ['pthon', 'library/python', 'library/[p]y[thon]'],
    ['cgarb', 'Collect garbage', 'Colle[c]t [garb]age'],
    ['', 'anything', 'anything'],
    ['node', 'n-o-d-e', null],
    ['xyz', 'Collect garbage', null],
    ['garbage xyz', 'Collect garbage', null],
  ])('finds "%s" in "%s"', (query, text, expected) => {
    expect(shown(query, text)).toBe(expected);
  });

  it('puts a word’s start before its middle, and both before scattered letters', () => {
    const scores = ['node:22', 'anode:22', 'no-de:22'].map((text) => match('node', text)!.score);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
    expect(new Set(scores).size).toBe(3);
  });

  it('puts words that stand side by side as typed before those that are apart', () => {
    const score = (text: string) => match('service 12', text)!.score;
    expect(score('ghcr.io/acme/service-12:1.0.0')).toBeGreaterThan(score('ghcr.io/acme/service-9:1.12.0'));
  });

  it('finds every text by any part of it, at that part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), fc.nat(), (text, a, b) => {
        const start = a % text.length;
        const part = text.slice(start, start + 1 + (b % (text.length - start)));
        const words = wordsOf(part);
        const haystack = haystackOf(text);
        const found = matchWords(haystack, words);
        if (haystack.lower !== text.toLowerCase()) return;
        expect(found).not.toBeNull();
        for (const { start: from, end } of found!.ranges) {
          expect(from).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
        if (words.length === 1) {
          const pieces = found!.ranges.map((range) => haystack.lower.slice(range.start, range.end));
          expect(pieces.join('')).toBe(words[0]);
        }
      }),
    );
  });
});
