import { gather, type MapNode } from './map-tree.ts';
import { keepOrder } from './stable-order.ts';
import { layTreemap, type Rectangle } from './treemap.ts';

/** A node with its place on the map. */
export interface MapCell {
  readonly node: MapNode;
  readonly place: Rectangle;
  /** The open group whose frame it lies in; null outside of any. */
  readonly frame: MapNode | null;
  /** True for an open group: its place is that of the frame, drawn below its parts. */
  readonly isFrame: boolean;
}

/** Ids by the id of the group they are in, in the order they were laid last. */
export type MapOrder = Map<string, readonly string[]>;

/** Cells drawn in one group at most: what is smaller is put together. */
const MOST_CELLS = 240;
/** Square pixels below which a cell is nothing one could point at. */
const LEAST_SURFACE = 110;
const HEADER_HEIGHT = 21;
const FRAME_GAP = 3;
const LEAST_FRAME = { width: 70, height: 56 };

/**
 * Lays the parts of a node over an area, and the parts of open groups inside their frames, in the order of last
 * time, which it writes down in `order`. Cells too small or too many become one that holds them all.
 */
export function layCells(node: MapNode, area: Rectangle, order: MapOrder): readonly MapCell[] {
  return laidParts(node, area, order).flatMap(({ part, place }): readonly MapCell[] => {
    const inner = insideOf(place);
    if (!part.isOpen || inner === null) return [{ node: part, place, frame: null, isFrame: false }];
    return [
      { node: part, place, frame: null, isFrame: true },
      ...laidParts(part, inner, order).map((cell) => ({
        node: cell.part,
        place: cell.place,
        frame: part,
        isFrame: false,
      })),
    ];
  });
}

function laidParts(node: MapNode, area: Rectangle, order: MapOrder) {
  const ordered = keepOrder(order.get(node.id) ?? [], node.parts);
  order.set(
    node.id,
    ordered.map((part) => part.id),
  );
  const parts = gatherSmall(node, ordered, area.width * area.height);
  const places = layTreemap(
    parts.map((part) => part.bytes),
    area,
  );
  return parts.map((part, index) => ({ part, place: places[index]! }));
}

/** The parts large enough for a cell, and all others put together. Two at least are put together, or none. */
function gatherSmall(node: MapNode, ordered: readonly MapNode[], surface: number): readonly MapNode[] {
  const perByte = node.bytes > 0 ? surface / node.bytes : 0;
  const largest = ordered.toSorted((left, right) => right.bytes - left.bytes).slice(0, MOST_CELLS);
  const visible = largest.filter((part) => part.bytes * perByte >= LEAST_SURFACE);
  const drawn = new Set(visible.length > 0 ? visible : largest);
  const small = ordered.filter((part) => !drawn.has(part));
  if (small.length < 2) return ordered;
  return [...ordered.filter((part) => drawn.has(part)), ...gatherEach(node, small)];
}

/** One node for all of them, or, when zooming in would only show the same again, several of as many cells as fit. */
function gatherEach(node: MapNode, small: readonly MapNode[]): readonly MapNode[] {
  const count = Math.ceil(small.length / MOST_CELLS);
  const each = Math.ceil(small.length / count);
  return Array.from({ length: count }, (_, index) =>
    gather(`gathered in ${node.id} ${index}`, small.slice(index * each, (index + 1) * each)),
  );
}

/** What a frame leaves for its parts; null when that is too little to show them. */
function insideOf({ x, y, width, height }: Rectangle): Rectangle | null {
  if (width < LEAST_FRAME.width || height < LEAST_FRAME.height) return null;
  return {
    x: x + FRAME_GAP,
    y: y + HEADER_HEIGHT,
    width: width - 2 * FRAME_GAP,
    height: height - HEADER_HEIGHT - FRAME_GAP,
  };
}
