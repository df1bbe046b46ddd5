import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Client } from '../client.ts';
import { HealthDialog } from '../health/health-dialog.tsx';
import { SettingsDialog } from '../settings/settings-dialog.tsx';
import { followSettings, useSettings } from '../settings/settings-store.ts';
import { LiveRegion, TooltipProvider } from '../ui/index.ts';
import { ClientContext } from './client-context.ts';
import { Overlays } from './overlays.tsx';
import { Shell } from './shell.tsx';

export interface AppProps {
  readonly client: Client;
  readonly queries: QueryClient;
}

export function App({ client, queries }: AppProps) {
  useEffect(() => followSettings(client, queries), [client, queries]);
  const sizeUnits = useSettings()?.sizeUnits;
  return (
    <ClientContext value={client}>
      <QueryClientProvider client={queries}>
        <TooltipProvider>
          {/* Drawn anew in other units: sizes are words by then, nothing else depends on the setting. */}
          <Shell key={sizeUnits === 'binary' ? 'binary' : 'decimal'} />
          <SettingsDialog />
          <HealthDialog />
          <Overlays />
          <LiveRegion />
        </TooltipProvider>
      </QueryClientProvider>
    </ClientContext>
  );
}
