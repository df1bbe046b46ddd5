import { useEffect } from 'react';
import { COMMANDS, type CommandName } from '../../src-shared/ipc/commands.ts';
import { runCommand } from './commands.ts';
import { isPressed } from './keys.ts';
import { openImage } from './navigation.ts';

const HEARD = (Object.keys(COMMANDS) as CommandName[]).filter((name) => COMMANDS[name].heardBy === 'page');

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

function commandOf(event: KeyboardEvent): CommandName | null {
  // 229: the key belongs to an input method that is composing.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || isModalOpen()) return null;
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
  if (isText && isTyping(event.target)) return null;
  return HEARD.find((name) => isPressed(event, COMMANDS[name].keys)) ?? null;
}

/** A field of a dialog on its way out may still have the focus: nobody types into it any more. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input, textarea, select') || target.isContentEditable) &&
    target.closest('[data-closed]') === null
  );
}

function isModalOpen(): boolean {
  return document.querySelector(':is([role="dialog"], [role="alertdialog"]):not([data-closed])') !== null;
}
