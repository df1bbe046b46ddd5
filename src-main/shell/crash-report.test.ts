import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepCrashReport } from './crash-report.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'strata-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('keepCrashReport', () => {
  it('keeps a report for its owner only, with nothing in it that a terminal would obey', () => {
    const file = keepCrashReport(join(dir, 'crashes'), 'gone\u001b[2J', new Date('2026-01-02T03:04:05.678Z'));
    expect(file).toBe(join(dir, 'crashes', '2026-01-02T03-04-05-678Z.txt'));
    expect(readFileSync(file ?? '', 'utf8')).toBe('gone\\u{1b}[2J\n');
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
  });

  it('keeps the newest twenty, and files that are not its own', () => {
    writeFileSync(join(dir, 'notes.txt'), '');
    for (let minute = 0; minute < 30; minute += 1) {
      keepCrashReport(dir, 'gone', new Date(Date.UTC(2026, 0, 1, 0, minute)));
    }
    const names = readdirSync(dir);
    expect(names).toHaveLength(21);
    expect(names).toContain('notes.txt');
    expect(names).toContain('2026-01-01T00-29-00-000Z.txt');
    expect(names).not.toContain('2026-01-01T00-09-00-000Z.txt');
  });

  it('gives up quietly where it cannot write', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(keepCrashReport(join(dir, 'file'), 'gone')).toBeNull();
  });
});
