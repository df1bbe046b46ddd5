import type { HomeState } from '../../src-shared/domain/home.ts';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { Result } from '../../src-shared/ipc/result.ts';

const HOME_CALLS: ReadonlySet<string> = new Set(['home.get', 'home.open', 'home.openSample']);

/** Learns from the calls that pass by which home a window shows. */
export interface HomeFollower {
  /** Null until the renderer has asked for the first time. */
  readonly current: HomeState | null;
  sawStart(id: number, call: string): void;
  sawLine(message: ServerMessage): void;
}

export function followHome(onChange: (home: HomeState) => void): HomeFollower {
  const asked = new Set<number>();
  let current: HomeState | null = null;

  return {
    get current() {
      return current;
    },
    sawStart: (id, call) => {
      if (HOME_CALLS.has(call)) asked.add(id);
    },
    sawLine: ({ id, line, isLast }) => {
      if (!isLast || !asked.delete(id)) return;
      const result = JSON.parse(line) as Result<HomeState>;
      if (!result.ok) return;
      const isNew = result.value.home !== current?.home;
      current = result.value;
      if (isNew) onChange(current);
    },
  };
}
