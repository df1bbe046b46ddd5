import type { StrataBridge } from '../src-shared/ipc/bridge.ts';
import type { Transport } from './client.ts';

interface Pending {
  readonly onLine: (line: string) => void;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * All calls over one message port. Aborting sends `cancel` and goes on waiting: the engine answers a stopped
 * call too, with what it had done by then.
 */
export function bridgeTransport(bridge: Pick<StrataBridge, 'send' | 'onMessage'>): Transport {
  const pending = new Map<number, Pending>();
  let lastId = 0;

  bridge.onMessage(({ id, line, isLast }) => {
    const call = pending.get(id);
    if (call === undefined) return;
    try {
      call.onLine(line);
    } catch (cause) {
      pending.delete(id);
      call.reject(cause);
      return;
    }
    if (!isLast) return;
    pending.delete(id);
    call.resolve();
  });

  return (name, input, { onStart, onLine }, signal) =>
    new Promise<void>((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      const cancel = () => bridge.send({ kind: 'cancel', id });
      const settle = <Arguments extends unknown[]>(then: (...of: Arguments) => void) => {
        return (...of: Arguments) => {
          signal?.removeEventListener('abort', cancel);
          then(...of);
        };
      };
      pending.set(id, { onLine, resolve: settle(resolve), reject: settle(reject) });
      signal?.addEventListener('abort', cancel, { once: true });
      bridge.send({ kind: 'start', id, call: name, input });
      onStart();
    });
}
