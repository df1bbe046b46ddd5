import { useEffect, useRef } from 'react';
import type { MenuCommand } from '../../src-shared/ipc/bridge.ts';

/** What menus, shortcuts and parts of the interface ask of whoever can do it. */
export type AppCommand = MenuCommand | 'focus-list';

const handlers = new Map<AppCommand, (() => void)[]>();

/** Has the command done by whoever offered it last; false when nobody on screen does. */
export function runCommand(command: AppCommand): boolean {
  const handler = handlers.get(command)?.at(-1);
  handler?.();
  return handler !== undefined;
}

/** Offers to do a command while the component is on screen. */
export function useCommand(command: AppCommand, handler: () => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    const run = () => latest.current();
    const offered = handlers.get(command) ?? [];
    handlers.set(command, [...offered, run]);
    return () => {
      handlers.set(
        command,
        (handlers.get(command) ?? []).filter((one) => one !== run),
      );
    };
  }, [command]);
}
