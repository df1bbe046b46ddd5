import { useLayoutEffect, useRef, useState } from 'react';

type Handlers = Readonly<Record<string, (...args: never[]) => void>>;

/**
 * Handlers that are the same functions at every drawing and do what the newest ones do: a memoised part that is
 * given them is drawn again only when what it shows changes. For events, not for use while drawing.
 */
export function useSteadyHandlers<All extends Handlers>(newest: All): All {
  const latest = useRef(newest);
  useLayoutEffect(() => {
    latest.current = newest;
  });
  const [steady] = useState(() => {
    const pass = (name: string) => [name, (...args: never[]) => latest.current[name]!(...args)];
    return Object.fromEntries(Object.keys(newest).map(pass)) as All;
  });
  return steady;
}
