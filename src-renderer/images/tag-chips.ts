/** The chips of a row that fit, and how many are left for the last one, `+2`. */
export interface FittedChips {
  readonly shown: readonly string[];
  readonly hidden: readonly string[];
}

/** Advance of JetBrains Mono at the size of a chip, and what a chip adds around its text; pixels. */
const CHARACTER_WIDTH = 6.9;
const CHIP_EXTRA = 20;
const MORE_WIDTH = 34;

/** As many chips as fit into `width` pixels, the first one always: it may be cut, never left out. */
export function fitChips(texts: readonly string[], width: number): FittedChips {
  let used = 0;
  for (const [index, text] of texts.entries()) {
    used += text.length * CHARACTER_WIDTH + CHIP_EXTRA;
    const isLast = index === texts.length - 1;
    if (index > 0 && used + (isLast ? 0 : MORE_WIDTH) > width) {
      return { shown: texts.slice(0, index), hidden: texts.slice(index) };
    }
  }
  return { shown: texts, hidden: [] };
}
