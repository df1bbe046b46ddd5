import { useQueryClient } from '@tanstack/react-query';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { announce } from '../ui/index.ts';
import { useClient } from './client-context.ts';
import { setFind } from './find.ts';
import { shortenHome } from './home-path.ts';
import { closeImage } from './navigation.ts';

export interface HomeActions {
  /** Opens another home directory. The error when it could not be; what was open is open still then. */
  open(path: string): Promise<CacheError | null>;
  openSample(): Promise<CacheError | null>;
  /** Forgets which were opened before. */
  forgetRecent(): Promise<void>;
}

export function useHomeActions(): HomeActions {
  const client = useClient();
  const queries = useQueryClient();
  return {
    async open(path) {
      const result = await client.call('home.open', { path });
      if (!result.ok) return result.error;
      showHome(result.value.home);
      return null;
    },
    async openSample() {
      const result = await client.call('home.openSample', {});
      if (!result.ok) return result.error;
      showHome(result.value.home);
      return null;
    },
    async forgetRecent() {
      const result = await client.call('home.forgetRecent', {});
      if (!result.ok) return;
      announce('The recent caches are forgotten.');
      await queries.invalidateQueries({ queryKey: ['home.recent'] });
    },
  };

  function showHome(home: string): void {
    closeImage();
    setFind('');
    announce(`Opened ${shortenHome(home)}.`);
    // Not a refresh: nothing of the cache that was open may stay on screen while the new one is read.
    void queries.resetQueries();
  }
}
