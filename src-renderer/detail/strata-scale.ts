const THINNEST = 10;
const THICKEST = 72;

/**
 * Thickness of each stratum in pixels, in the order given: 10 for an empty layer, 72 for the largest, in
 * between straight by size, so that twice the bytes look twice as thick above the minimum.
 */
export function scaleThickness(sizesBytes: readonly number[]): readonly number[] {
  const largest = sizesBytes.reduce((most, size) => Math.max(most, size), 0);
  return sizesBytes.map((size) =>
    largest === 0 ? THINNEST : Math.round(THINNEST + (THICKEST - THINNEST) * (Math.max(0, size) / largest)),
  );
}
