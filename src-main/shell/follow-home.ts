import type { HomeState } from '../../src-shared/domain/home.ts';
import type { ServerMessage } from '../../src-shared/ipc/contract.ts';
import type { Result } from '../../src-shared/ipc/result.ts';

const HOME_CALLS: ReadonlySet<string> = new Set(['home.get', 'home.open', 'home.openSample']);
const RECENT_CALLS: ReadonlySet<string> = new Set(['home.recent', 'home.forgetRecent']);

export interface HomeFollowerOptions {
  /** The window shows another home. */
  readonly onChange: (home: HomeState) => void;
  /** The homes shown last in any window, the latest first. */
  readonly onRecent: (homes: readonly string[]) => void;
}

/** Learns from the calls that pass by which home a window shows, and which were shown before. */
export interface HomeFollower {
  /** Null until the renderer has asked for the first time. */
  readonly current: HomeState | null;
  sawStart(id: number, call: string): void;
  sawLine(message: ServerMessage): void;
}

export function followHome({ onChange, onRecent }: HomeFollowerOptions): HomeFollower {
  const asked = new Set<number>();
  const askedRecent = new Set<number>();
  let current: HomeState | null = null;

  return {
    get current() {
      return current;
    },
    sawStart: (id, call) => {
      if (HOME_CALLS.has(call)) asked.add(id);
      if (RECENT_CALLS.has(call)) askedRecent.add(id);
    },
    sawLine: ({ id, line, isLast }) => {
      if (!isLast) return;
      if (askedRecent.delete(id)) {
        const recent = JSON.parse(line) as Result<readonly string[]>;
        if (recent.ok) onRecent(recent.value);
      }
      if (!asked.delete(id)) return;
      const result = JSON.parse(line) as Result<HomeState>;
      if (!result.ok) return;
      const isNew = result.value.home !== current?.home;
      current = result.value;
      if (isNew) onChange(current);
    },
  };
}
