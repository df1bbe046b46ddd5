/** A rectangle in pixels, from the top left corner of the map. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Fills `area` with one rectangle per weight, in the order given and in proportion to it: the squarified treemap
 * of Bruls, Huizing and van Wijk, without its sorting, so that a cell's place depends on its turn and not on its
 * rank. Weights of zero or less get a rectangle without area.
 */
export function layTreemap(weights: readonly number[], area: Rectangle): readonly Rectangle[] {
  const whole = weights.reduce((sum, weight) => sum + Math.max(weight, 0), 0);
  const scale = whole > 0 ? (area.width * area.height) / whole : 0;
  const surfaces = weights.map((weight) => Math.max(weight, 0) * scale);
  const placed: Rectangle[] = [];
  let left = area;
  let start = 0;
  while (start < surfaces.length) {
    const shortest = Math.min(left.width, left.height);
    let end = start + 1;
    let row = rowOf(surfaces, start, end);
    while (end < surfaces.length) {
      const longer = rowOf(surfaces, start, end + 1);
      if (worstAspect(longer, shortest) > worstAspect(row, shortest)) break;
      row = longer;
      end += 1;
    }
    left = placeRow(surfaces.slice(start, end), row.sum, left, placed);
    start = end;
  }
  return placed;
}

interface Row {
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

function rowOf(surfaces: readonly number[], start: number, end: number): Row {
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let index = start; index < end; index += 1) {
    const surface = surfaces[index]!;
    sum += surface;
    if (surface > 0) least = Math.min(least, surface);
    most = Math.max(most, surface);
  }
  return { sum, least, most };
}

/** How far the row's most stretched cell is from a square, laid along a side of this length. */
function worstAspect({ sum, least, most }: Row, side: number): number {
  if (sum === 0 || side === 0) return Number.POSITIVE_INFINITY;
  const square = (side * side) / (sum * sum);
  return Math.max(square * most, 1 / (square * least));
}

/** Lays one row along the shorter side of `left`; answers what remains beside it. */
function placeRow(surfaces: readonly number[], sum: number, left: Rectangle, placed: Rectangle[]): Rectangle {
  const isColumn = left.width >= left.height;
  const side = isColumn ? left.height : left.width;
  const thickness = side > 0 ? sum / side : 0;
  let offset = 0;
  for (const surface of surfaces) {
    const length = thickness > 0 ? surface / thickness : 0;
    placed.push(
      isColumn
        ? { x: left.x, y: left.y + offset, width: thickness, height: length }
        : { x: left.x + offset, y: left.y, width: length, height: thickness },
    );
    offset += length;
  }
  return isColumn
    ? { ...left, x: left.x + thickness, width: Math.max(0, left.width - thickness) }
    : { ...left, y: left.y + thickness, height: Math.max(0, left.height - thickness) };
}
