import { describe, expect, it } from 'vitest';
import { type DisplayFacts, NO_PLACES, placeWindow, rememberPlace, windowPlaces } from './window-place.ts';

function display(id: number, x: number, width: number, height: number): DisplayFacts {
  const bounds = { x, y: 0, width, height };
  return { id, bounds, workArea: { ...bounds, y: 30, height: height - 30 } };
}

const laptop = display(1, 0, 1440, 900);
const desk = display(2, 1440, 2560, 1440);
const left = { x: 1600, y: 100, width: 1200, height: 800, isMaximized: false };

describe('placeWindow', () => {
  it('stands in the middle of the primary display at first', () => {
    expect(placeWindow(NO_PLACES, [laptop, desk], laptop, 0)).toEqual({
      x: 80,
      y: 55,
      width: 1280,
      height: 820,
      isMaximized: false,
    });
  });

  it('returns to where it was left on the display last used', () => {
    const places = rememberPlace(NO_PLACES, desk, left);
    expect(placeWindow(places, [laptop, desk], laptop, 0)).toEqual(left);
  });

  it('returns to where it was on the primary display when the other one is gone', () => {
    const onLaptop = { x: 10, y: 40, width: 1000, height: 700, isMaximized: true };
    const places = rememberPlace(rememberPlace(NO_PLACES, laptop, onLaptop), desk, left);
    expect(placeWindow(places, [laptop], laptop, 0)).toEqual(onLaptop);
  });

  it('forgets a place when the display has another resolution now', () => {
    const places = rememberPlace(NO_PLACES, laptop, left);
    const smaller = display(1, 0, 1024, 768);
    expect(placeWindow(places, [smaller], smaller, 0)).toMatchObject({
      x: 0,
      y: 30,
      width: 1024,
      height: 738,
    });
  });

  it('comes back into view from outside, and down to what fits', () => {
    const lost = { x: -5000, y: 9000, width: 90_000, height: 10, isMaximized: false };
    const places = rememberPlace(NO_PLACES, laptop, lost);
    expect(placeWindow(places, [laptop], laptop, 0)).toEqual({
      x: 0,
      y: 340,
      width: 1440,
      height: 560,
      isMaximized: false,
    });
  });

  it('puts a further window beside the first, not over it and not maximised', () => {
    const places = rememberPlace(NO_PLACES, desk, { ...left, isMaximized: true });
    expect(placeWindow(places, [desk], desk, 2)).toEqual({ ...left, x: left.x + 56, y: left.y + 56 });
  });
});

describe('rememberPlace', () => {
  it('keeps sixteen displays, the one used last among them', () => {
    let places = NO_PLACES;
    for (let id = 1; id <= 40; id += 1) places = rememberPlace(places, display(id, 0, 1440, 900), left);
    expect(Object.keys(places.displays)).toHaveLength(16);
    expect(places.lastDisplay).toBe('40:1440x900');
    expect(windowPlaces.parse(JSON.parse(JSON.stringify(places)))).toEqual(places);
  });
});
