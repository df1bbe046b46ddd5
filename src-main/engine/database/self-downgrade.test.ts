import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runMsb } from '../../../test-support/msb.ts';
import { describeWithMsb } from '../../../test-support/msb-suite.ts';
import { scratchDir } from '../../../test-support/scratch.ts';
import { findUnfinishedDowngrade } from './self-downgrade.ts';

const CASES: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
  ['a journal in an early phase', { 'op-1/journal.json': '{"phase":"artifacts_reverting"}' }, true],
  ['a journal that has come to its end', { 'op-1/journal.json': '{"phase":"complete"}' }, false],
  [
    'one unfinished among finished ones',
    { 'a/journal.json': '{"phase":"complete"}', 'b/journal.json': '{}' },
    true,
  ],
  ['a journal that is no JSON', { 'op-1/journal.json': '{' }, true],
  ['a journal whose phase is no text', { 'op-1/journal.json': '{"phase":["complete"]}' }, true],
  ['a folder without a journal', { 'op-1/other.json': '{"phase":"complete"}' }, true],
  ['a hidden folder', { '.staging/other.json': '' }, false],
  ['a file in place of a folder', { 'msb.db.migration.lock': '' }, false],
];

describeWithMsb('findUnfinishedDowngrade', (version) => {
  it.each(CASES)('agrees with msb on %s', async (_what, files, isUnfinished) => {
    const home = homeWith(files);
    const folder = path.join(home, 'db/self-downgrade');
    const found = findUnfinishedDowngrade(home);
    expect(found?.startsWith(folder) ?? false).toBe(isUnfinished);
    const { stderr } = await runMsb(home, ['image', 'ls'], { version, expectFailure: isUnfinished });
    expect(stderr.includes('self_downgrade_recovery_required')).toBe(isUnfinished);
  });
});

describe('findUnfinishedDowngrade', () => {
  it('finds none where there is no such folder, no home, or a file in its place', () => {
    const home = scratchDir('home');
    expect(findUnfinishedDowngrade(home)).toBeNull();
    expect(findUnfinishedDowngrade(path.join(home, 'nowhere'))).toBeNull();
    writeFileSync(path.join(home, 'db'), '');
    expect(findUnfinishedDowngrade(home)).toBeNull();
  });

  it.skipIf(process.platform === 'win32')('does not wait for a FIFO in place of the journal', () => {
    const home = homeWith({ 'op-1/other': '' });
    const journal = path.join(home, 'db/self-downgrade/op-1/journal.json');
    execFileSync('mkfifo', [journal]);
    expect(findUnfinishedDowngrade(home)).toBe(journal);
  });
});

function homeWith(files: Readonly<Record<string, string>>): string {
  const home = scratchDir('home');
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(home, 'db/self-downgrade', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return home;
}
