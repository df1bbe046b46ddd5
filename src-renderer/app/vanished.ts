import type { HomeState } from '../../src-shared/domain/home.ts';

/** The home this window has shown last; null before it showed one. */
let shownHome: string | null = null;

/** Takes note of what `home.get` answers. */
export function noteHome({ status, home }: HomeState): void {
  if (status === 'open') shownHome = home;
}

/**
 * Whether the cache on screen is not there any more: its drive was unplugged, or its folder moved. What is on screen
 * then stays as it was, until the cache is back or another one is opened.
 */
export function hasVanished(home: HomeState | undefined): boolean {
  return home !== undefined && home.status !== 'open' && home.home === shownHome;
}
