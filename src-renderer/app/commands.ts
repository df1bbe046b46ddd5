import { useEffect, useRef } from 'react';
import { COMMANDS, type CommandName } from '../../src-shared/ipc/commands.ts';
import { announce } from '../ui/index.ts';

/** What menus, shortcuts, the palette and parts of the interface ask of whoever can do it. */
export type AppCommand = CommandName | 'focus-list';

interface Offer {
  readonly run: () => void;
  /** Why it cannot be done just now; null when it can. */
  readonly hindrance: string | null;
}

const offers = new Map<AppCommand, (() => Offer)[]>();

/** Has the command done by whoever offered it last; false when nobody on screen does. */
export function runCommand(command: AppCommand): boolean {
  const offer = offers.get(command)?.at(-1)?.();
  if (offer === undefined) return false;
  if (offer.hindrance === null) offer.run();
  else announce(offer.hindrance);
  return true;
}

/** Why a command cannot be done just now; null when it can. */
export function hindranceOf(command: CommandName): string | null {
  const offer = offers.get(command)?.at(-1)?.();
  return offer === undefined ? (COMMANDS[command].needs ?? 'Not possible here.') : offer.hindrance;
}

/**
 * Offers to do a command while the component is on screen.
 *
 * @param hindrance why it cannot be done just now, as a sentence; null when it can
 */
export function useCommand(command: AppCommand, run: () => void, hindrance: string | null = null): void {
  const latest = useRef<Offer>({ run, hindrance });
  useEffect(() => {
    latest.current = { run, hindrance };
  });
  useEffect(() => {
    const offer = () => latest.current;
    offers.set(command, [...(offers.get(command) ?? []), offer]);
    return () => {
      offers.set(
        command,
        (offers.get(command) ?? []).filter((one) => one !== offer),
      );
    };
  }, [command]);
}
