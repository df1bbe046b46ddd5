import { createContext, useContext } from 'react';
import type { Client } from '../client.ts';

export const ClientContext = createContext<Client | null>(null);

/** The client, for calls that are not queries: removals, collections, opening a home. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('useClient outside of ClientContext');
  return client;
}
