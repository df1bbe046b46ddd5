import type { Handlers } from '../../../src-shared/ipc/contract.ts';
import type { Session } from '../session.ts';
import { checkDeeply } from './deep.ts';
import { checkQuickly } from './quick.ts';

/** The calls that check images. They only read. */
export function healthHandlers(session: Session): Pick<Handlers, 'health.quick' | 'health.deep'> {
  return {
    'health.quick': async (_input, { signal, emit }) => {
      await session.ready();
      return checkQuickly(session, signal, emit);
    },
    'health.deep': async ({ reference }, { signal, emit }) => {
      await session.ready();
      return checkDeeply(session, reference, signal, emit);
    },
  };
}
