import { z } from 'zod';

/** In device-independent pixels, as Electron counts. */
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a window stood on one display, not maximised. */
export interface WindowPlace extends Rectangle {
  readonly isMaximized: boolean;
}

/** What Electron says of a display; `workArea` is without docks and bars. */
export interface DisplayFacts {
  readonly id: number;
  readonly bounds: Rectangle;
  readonly workArea: Rectangle;
}

const pixels = z.number().int().min(-100_000).max(100_000);
const place = z.object({
  x: pixels,
  y: pixels,
  width: pixels.positive(),
  height: pixels.positive(),
  isMaximized: z.boolean(),
});

/** The file's content: the last place on every display there ever was, and the display last used. */
export const windowPlaces = z.object({
  version: z.literal(1),
  lastDisplay: z.string().max(100).nullable(),
  displays: z.record(z.string().max(100), place),
});

export type WindowPlaces = z.infer<typeof windowPlaces>;

export const NO_PLACES: WindowPlaces = { version: 1, lastDisplay: null, displays: {} };
export const MIN_WIDTH = 900;
export const MIN_HEIGHT = 560;
const DEFAULT_WIDTH = 1280;
const DEFAULT_HEIGHT = 820;
/** How far each further window stands from the one below it. */
const CASCADE = 28;
const MAX_DISPLAYS = 16;

/**
 * Where the next window goes: where the last one was, when that display is still there, else in the middle of
 * the primary display; always whole inside what is visible. `open` counts the windows already there.
 */
export function placeWindow(
  places: WindowPlaces,
  displays: readonly DisplayFacts[],
  primary: DisplayFacts,
  open: number,
): WindowPlace {
  const display = displays.find((one) => displayKey(one) === places.lastDisplay) ?? primary;
  const saved = places.displays[displayKey(display)] ?? centered(display.workArea);
  const offset = CASCADE * open;
  const shifted = { ...saved, x: saved.x + offset, y: saved.y + offset };
  return { ...fitInto(shifted, display.workArea), isMaximized: saved.isMaximized && open === 0 };
}

/** The places with one more remembered. */
export function rememberPlace(places: WindowPlaces, display: DisplayFacts, place: WindowPlace): WindowPlaces {
  const key = displayKey(display);
  const { [key]: _previous, ...others } = places.displays;
  const kept = Object.entries(others).slice(-(MAX_DISPLAYS - 1));
  return { version: 1, lastDisplay: key, displays: Object.fromEntries([...kept, [key, place]]) };
}

/** A display at another resolution counts as another one: old coordinates mean nothing there. */
function displayKey({ id, bounds }: DisplayFacts): string {
  return `${id}:${bounds.width}x${bounds.height}`;
}

function centered(area: Rectangle): WindowPlace {
  const width = Math.min(DEFAULT_WIDTH, area.width);
  const height = Math.min(DEFAULT_HEIGHT, area.height);
  const x = area.x + Math.floor((area.width - width) / 2);
  const y = area.y + Math.floor((area.height - height) / 2);
  return { x, y, width, height, isMaximized: false };
}

function fitInto(rectangle: Rectangle, area: Rectangle): Rectangle {
  const width = clamp(rectangle.width, Math.min(MIN_WIDTH, area.width), area.width);
  const height = clamp(rectangle.height, Math.min(MIN_HEIGHT, area.height), area.height);
  const x = clamp(rectangle.x, area.x, area.x + area.width - width);
  const y = clamp(rectangle.y, area.y, area.y + area.height - height);
  return { x, y, width, height };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
