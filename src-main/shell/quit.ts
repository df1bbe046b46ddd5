import { app } from 'electron';
import { askBeforeEnding } from './ask-before-ending.ts';
import type { Windows } from './windows.ts';

/** Quitting asks about a removal under way, then waits until every engine has stopped where it is safe. */
export function stopBeforeQuitting(windows: Windows): void {
  let state: 'running' | 'asking' | 'finishing' | 'stopping' | 'stopped' = 'running';
  let isEnding = false;
  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state !== 'asking' && state !== 'stopping') void quit();
  });

  async function quit(): Promise<void> {
    if (!(await mayEnd()) || isEnding) return;
    isEnding = true;
    state = 'stopping';
    await windows.stopEngines();
    state = 'stopped';
    app.quit();
  }

  /** False when the person stays, or has been asked again while the removal was being finished. */
  async function mayEnd(): Promise<boolean> {
    const { busy } = windows;
    if (busy === null) return true;
    state = 'asking';
    const answer = await askBeforeEnding(busy.window, 'quit');
    state = answer === 'finish' ? 'finishing' : 'running';
    if (answer !== 'finish') return answer === 'stop';
    await windows.whenIdle();
    return state === 'finishing';
  }
}
