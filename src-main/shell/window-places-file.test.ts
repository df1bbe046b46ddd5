import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_PLACES, type WindowPlaces } from './window-place.ts';
import { readWindowPlaces, writeWindowPlaces } from './window-places-file.ts';

const place = { x: 1, y: 2, width: 1000, height: 700, isMaximized: false };
const places: WindowPlaces = { version: 1, lastDisplay: '1:1440x900', displays: { '1:1440x900': place } };

let dir: string;
let logged: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
  logged = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(file: string): void {
  writeWindowPlaces(file, places, (text) => void logged.push(text));
}

describe('the window places file', () => {
  it('reads back what was written, in a folder made for it, and leaves nothing else there', () => {
    const file = join(dir, 'new', 'windows.json');
    write(file);
    expect(readWindowPlaces(file)).toEqual(places);
    expect(readdirSync(join(dir, 'new'))).toEqual(['windows.json']);
  });

  it('has no places where there is no file', () => {
    expect(readWindowPlaces(join(dir, 'windows.json'))).toEqual(NO_PLACES);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"version":2,"lastDisplay":null,"displays":{}}',
    '{"version":1,"lastDisplay":null,"displays":{"1":{"x":1e99,"y":0,"width":1,"height":1,"isMaximized":false}}}',
    '{"version":1,"lastDisplay":null,"displays":{"1":{"x":0,"y":0,"width":-5,"height":1,"isMaximized":false}}}',
    '{"version":1,"lastDisplay":7,"displays":{}}',
  ])('has no places in a file that says %j', (text) => {
    const file = join(dir, 'windows.json');
    writeFileSync(file, text);
    expect(readWindowPlaces(file)).toEqual(NO_PLACES);
  });

  it('keeps the file it had when it cannot write, and only logs that', () => {
    const file = join(dir, 'windows.json');
    mkdirSync(`${file}.${process.pid}.new`);
    writeFileSync(file, 'old');
    write(file);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(logged).toHaveLength(1);
  });
});
