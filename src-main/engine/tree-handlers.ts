import type { Handlers } from '../../src-shared/ipc/contract.ts';
import { CacheFailure } from './failure.ts';
import type { Session } from './session.ts';

type TreeCall =
  | 'images.compare'
  | 'files.list'
  | 'files.read'
  | 'files.efficiency'
  | 'files.search'
  | 'files.find';

export function treeHandlers(_session: Session): Pick<Handlers, TreeCall> {
  const fail = (): never => {
    throw new CacheFailure({ code: 'not-found', what: 'file', name: 'not built yet' });
  };
  return {
    'images.compare': fail,
    'files.list': fail,
    'files.read': fail,
    'files.efficiency': fail,
    'files.search': fail,
    'files.find': fail,
  };
}
