import { type ComponentType, useEffect, useState } from 'react';
import { isAboutOpen } from '../about/about-store.ts';
import { isPaletteOpen } from '../palette/palette-store.ts';
import { areShortcutsShown } from '../shortcut-list/shortcut-list-store.ts';
import { useCommand } from './commands.ts';
import { lazyPart, loadPartsWhenIdle } from './lazy-part.tsx';
import { type Store, useStore } from './store.ts';

const Palette = lazyPart(async () => (await import('../palette/palette.tsx')).Palette);
const ShortcutList = lazyPart(async () => (await import('../shortcut-list/shortcut-list.tsx')).ShortcutList);
const AboutDialog = lazyPart(async () => (await import('../about/about-dialog.tsx')).AboutDialog);

/** What lies over the window when it is asked for, from any view. */
export function Overlays() {
  useCommand('show-palette', () => isPaletteOpen.set(true));
  useCommand('show-shortcuts', () => areShortcutsShown.set(true));
  useCommand('show-about', () => isAboutOpen.set(true));
  useEffect(loadPartsWhenIdle, []);
  return (
    <>
      <OnceOpened store={isPaletteOpen} Part={Palette} />
      <OnceOpened store={areShortcutsShown} Part={ShortcutList} />
      <OnceOpened store={isAboutOpen} Part={AboutDialog} />
    </>
  );
}

interface OnceOpenedProps {
  readonly store: Store<boolean>;
  readonly Part: ComponentType;
}

function OnceOpened({ store, Part }: OnceOpenedProps) {
  const isOpen = useStore(store);
  const [wasOpened, setOpened] = useState(false);
  if (isOpen && !wasOpened) setOpened(true);
  return wasOpened ? <Part /> : null;
}
