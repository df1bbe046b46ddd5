import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Client } from '../client.ts';
import { LiveRegion, TooltipProvider } from '../ui/index.ts';
import { ClientContext } from './client-context.ts';
import { followCache } from './live.ts';
import { Shell } from './shell.tsx';

export interface AppProps {
  readonly client: Client;
  readonly queries: QueryClient;
}

export function App({ client, queries }: AppProps) {
  useEffect(() => followCache(client, queries), [client, queries]);
  return (
    <ClientContext value={client}>
      <QueryClientProvider client={queries}>
        <TooltipProvider>
          <Shell />
          <LiveRegion />
        </TooltipProvider>
      </QueryClientProvider>
    </ClientContext>
  );
}
