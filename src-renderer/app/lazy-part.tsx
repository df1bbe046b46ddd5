import { type ComponentType, useEffect, useState } from 'react';
import { announce } from '../ui/index.ts';

const waiting: (() => Promise<unknown>)[] = [];

/**
 * A part of the interface whose code is read when it is first shown, or in a quiet moment before: it works without
 * a connection then, too. Nothing is drawn until its code is there.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  const loadOnce = async () => {
    loaded ??= await load();
    return loaded;
  };
  waiting.push(loadOnce);
  return function LazyPart(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    useEffect(() => {
      loadOnce().then(
        (part) => setPart(() => part),
        () => announce('This part of Strata could not be read. Try again once the connection is back.'),
      );
    }, []);
    return Part === null ? null : <Part {...props} />;
  };
}

/** Reads the code of every lazy part, one after the other, when there is nothing else to do. */
export function loadPartsWhenIdle(): () => void {
  let isStopped = false;
  const next = () => {
    const load = waiting.shift();
    if (load === undefined || isStopped) return;
    // What fails here is tried again when it is wanted.
    void load()
      .catch(() => undefined)
      .then(() => requestIdleCallback(next));
  };
  const first = requestIdleCallback(next);
  return () => {
    isStopped = true;
    cancelIdleCallback(first);
  };
}
