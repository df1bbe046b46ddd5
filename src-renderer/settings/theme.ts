import type { Settings } from '../../src-shared/domain/settings.ts';

/** Follows the system or not, at once: the page by its colour scheme, the desktop's own parts by the bridge. */
export function showTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  void window.strata?.shell.setTheme(theme);
}
