/** Whether anybody can see the page. */
export interface Visibility {
  /** Resolves once the page is seen, or when the signal aborts. */
  untilSeen(signal: AbortSignal): Promise<void>;
  /** Calls back when the page is hidden, until the signal aborts. */
  onHidden(listener: () => void, signal: AbortSignal): void;
}

export const pageVisibility: Visibility = {
  untilSeen: (signal) =>
    new Promise((resolve) => {
      const done = new AbortController();
      const look = () => {
        if (document.hidden && !signal.aborted) return;
        done.abort();
        resolve();
      };
      document.addEventListener('visibilitychange', look, { signal: done.signal });
      signal.addEventListener('abort', look, { signal: done.signal });
      look();
    }),
  onHidden: (listener, signal) =>
    document.addEventListener('visibilitychange', () => document.hidden && listener(), { signal }),
};
