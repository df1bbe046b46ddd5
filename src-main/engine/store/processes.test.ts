import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, isWriterAlive } from './processes.ts';

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'close');
  return child.pid!;
}

describe('isProcessAlive', () => {
  it('knows the living from the dead', async () => {
    expect(isProcessAlive(process.pid)).toBe(true);
    expect(isProcessAlive(await deadPid())).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('counts processes of others', () => {
    expect(isProcessAlive(1)).toBe(true);
  });

  it('asks about nothing but single processes', () => {
    // 0 and negative numbers would mean groups of processes.
    for (const pid of [0, -1, -process.pid, 1.5, 2 ** 31, 9_999_999_999, Number.NaN]) {
      expect(isProcessAlive(pid)).toBe(false);
    }
  });
});

describe('isWriterAlive', () => {
  it('is false for a process that is gone', async () => {
    expect(isWriterAlive(await deadPid(), Date.now())).toBe(false);
  });

  it('is true for a process that wrote lately', () => {
    expect(isWriterAlive(process.pid, Date.now())).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('is false where the id came again long after the writing', () => {
    const started = Date.now() - process.uptime() * 1000;
    expect(isWriterAlive(process.pid, started - 2 * 3_600_000)).toBe(false);
    expect(isWriterAlive(process.pid, started - 60_000)).toBe(true);
  });
});
