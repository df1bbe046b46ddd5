import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { app, dialog } from '../../scripts/fake-electron/electron.ts';
import { scratchDir } from '../../test-support/scratch.ts';
import { endOnUncaughtErrors } from './last-words.ts';

vi.mock('electron', () => import('../../scripts/fake-electron/electron.ts'));
vi.mock('../ipc/incident.ts', () => ({ logToStderr: () => {} }));

let dir: string;
let main: EventEmitter;
let stopped: () => void;
let stops: number;
beforeEach(() => {
  dir = scratchDir('last-words');
  main = new EventEmitter();
  stops = 0;
  app.exitCode = null;
  dialog.errors.length = 0;
  endOnUncaughtErrors(main, {
    crashDir: join(dir, 'crashes'),
    stop: () => {
      stops += 1;
      return new Promise((resolve) => {
        stopped = resolve;
      });
    },
  });
});
afterEach(() => rmSync(dir, { recursive: true }));

it.each(['uncaughtException', 'unhandledRejection'])(
  'keeps a report of an %s, says so, and ends once everything has stopped',
  async (name) => {
    main.emit(name, new Error('what nobody caught'));
    main.emit(name, new Error('and one more'));
    const [report] = readdirSync(join(dir, 'crashes'));
    expect(readFileSync(join(dir, 'crashes', report!), 'utf8')).toContain('what nobody caught');
    expect(dialog.errors).toEqual(['Strata has to close']);
    expect(app.exitCode).toBeNull();
    expect(stops).toBe(1);
    stopped();
    await vi.waitFor(() => expect(app.exitCode).toBe(1));
  },
);
