const MOST_KEPT = 5_000;

const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** Pixels a text takes in a font, as the `font` shorthand has it; remembered, since lists ask for the same names again. */
export function textWidth(text: string, font: string): number {
  const key = `${font}\n${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return text.length * 7;
  context.font = font;
  // A hostile name of thousands of characters is as wide as any that does not fit.
  const { width } = context.measureText(text.slice(0, 400));
  if (widths.size >= MOST_KEPT) widths.clear();
  widths.set(key, width);
  return width;
}
