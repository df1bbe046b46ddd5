import { expect, it, vi } from 'vitest';
import { app, BrowserWindow, dialog } from '../../scripts/fake-electron/electron.ts';
import { stopBeforeQuitting } from './quit.ts';
import type { WindowSession } from './window-session.ts';
import type { Windows } from './windows.ts';

vi.mock('electron', () => import('../../scripts/fake-electron/electron.ts'));

it('finishes a removal first when that is wanted, however often one quits meanwhile', async () => {
  const options = { x: 0, y: 0, width: 900, height: 600, title: '', webPreferences: {} };
  const window = new BrowserWindow(options);
  const idle = Promise.withResolvers<void>();
  const done: string[] = [];
  const session = { window } as unknown as WindowSession;
  const windows: Partial<Windows> = {
    busy: session,
    whenIdle: () => idle.promise,
    stopEngines: async () => void done.push('stopped'),
  };
  stopBeforeQuitting(windows as Windows);
  const asked = () => dialog.messages.length;

  dialog.response = 0;
  app.quit();
  app.quit();
  await vi.waitFor(() => expect(asked()).toBe(1));
  await new Promise(setImmediate);
  app.quit();
  await vi.waitFor(() => expect(asked()).toBe(2));
  await new Promise(setImmediate);
  expect({ done, hasQuit: app.hasQuit }).toEqual({ done: [], hasQuit: false });
  idle.resolve();
  await vi.waitFor(() => expect(app.hasQuit).toBe(true));
  expect(done).toEqual(['stopped']);
});
