/** The chips of a row that fit, and those that the last one, `+2`, stands for. */
export interface FittedChips {
  readonly shown: readonly string[];
  readonly hidden: readonly string[];
}

/** Advance of JetBrains Mono at the size of a chip, what a chip adds around its text, and the `+2`; pixels. */
const CHARACTER_WIDTH = 6.9;
const CHIP_EXTRA = 20;
const MORE_WIDTH = 36;

/** As many chips as fit into `width` pixels, the first one always: it may be cut, never left out. */
export function fitChips(texts: readonly string[], width: number): FittedChips {
  let used = 0;
  for (const [index, text] of texts.entries()) {
    used += chipWidth(text);
    const isLast = index === texts.length - 1;
    if (index > 0 && used + (isLast ? 0 : MORE_WIDTH) > width) {
      return { shown: texts.slice(0, index), hidden: texts.slice(index) };
    }
  }
  return { shown: texts, hidden: [] };
}

/** Pixels the chips take side by side, gaps included. */
export function chipsWidth({ shown, hidden }: FittedChips): number {
  const widths = shown.reduce((sum, text) => sum + chipWidth(text), 0);
  return hidden.length > 0 ? widths + MORE_WIDTH : widths;
}

function chipWidth(text: string): number {
  return text.length * CHARACTER_WIDTH + CHIP_EXTRA;
}
