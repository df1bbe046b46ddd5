import { useEffect } from 'react';
import type { AppCommand } from './commands.ts';
import { runCommand } from './commands.ts';
import { openImage } from './navigation.ts';

const isMac = /mac/i.test(navigator.platform);

/** `⌘K` or `Ctrl K`. */
export function modifierKey(key: string): string {
  return isMac ? `⌘${key}` : `Ctrl ${key}`;
}

/** Keys that work in either host, and what the native menu, with its own keys, and deep links ask for. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = commandOf(event);
      if (command !== null && runCommand(command)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);

  useEffect(
    () =>
      window.strata?.shell.onCommand((message) => {
        if (message.kind === 'show-image') openImage(message.reference);
        else runCommand(message.command);
      }),
    [],
  );
}

function commandOf(event: KeyboardEvent): AppCommand | null {
  if (event.defaultPrevented || isModalOpen()) return null;
  const key = event.key.toLowerCase();
  const hasModifier = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (hasModifier && !event.altKey && !event.shiftKey && (key === 'f' || key === 'k')) return 'find';
  if (key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target))
    return 'find';
  return null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable)
  );
}

function isModalOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}
