import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { EngineOptions } from '../engine/index.ts';

/** Remembers which home a worker's clients opened last. */
export interface OpenedHome {
  sawStart(client: number, id: number, call: string, input: string): void;
  sawLastLine(client: number, message: ServerMessage): void;
  /** The options to start the worker's successor with. */
  applyTo(options: EngineOptions): EngineOptions;
}

/**
 * After a crash the new worker has to open what the old one had open: a person who looks at one cache must
 * not collect another.
 */
export function followOpenedHome(): OpenedHome {
  const asked = new Map<string, string | null>();
  let home: string | null = null;

  return {
    sawStart: (client, id, call, input) => {
      if (call === 'home.open') asked.set(`${client}/${id}`, pathOf(input));
      if (call === 'home.openSample') asked.set(`${client}/${id}`, null);
    },
    sawLastLine: (client, { id, line }) => {
      const key = `${client}/${id}`;
      const path = asked.get(key);
      if (path === undefined || !asked.delete(key)) return;
      const result = JSON.parse(line) as { ok: boolean; value: { home: string } };
      if (result.ok) home = path ?? result.value.home;
    },
    applyTo: (options) =>
      home === null ? options : { ...options, homeOption: home, startWithSample: false },
  };
}

function pathOf(input: string): string | null {
  try {
    return (JSON.parse(input) as { path: string }).path;
  } catch {
    return null;
  }
}
