import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import {
  ArrowRight,
  HardDrive,
  Image as ImageIcon,
  Layers,
  Search,
  Settings2,
  Sparkles,
  SunMoon,
} from 'lucide-react';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import { COMMANDS } from '../../src-shared/ipc/commands.ts';
import { hindranceOf, runCommand } from '../app/commands.ts';
import { useHomeActions } from '../app/home-actions.ts';
import { keyText } from '../app/keys.ts';
import { openImage, openLayer } from '../app/navigation.ts';
import { rememberCommand } from '../app/preferences.ts';
import { useStore } from '../app/store.ts';
import { announce, classNames, Kbd, VisuallyHidden } from '../ui/index.ts';
import type { Range } from './fuzzy.ts';
import styles from './palette.module.css';
import {
  countPalette,
  listPalette,
  mayMeanLayer,
  type PaletteGroup,
  type PaletteRow,
  type PaletteTarget,
} from './palette-items.ts';
import { isPaletteOpen } from './palette-store.ts';
import { usePaletteWorld } from './use-palette-world.ts';

/** Every command, image and recent cache by a few letters of its name. */
export function Palette() {
  const isOpen = useStore(isPaletteOpen);
  const chosen = useRef<PaletteTarget | null>(null);
  const goTo = useGoTo();
  const close = () => isPaletteOpen.set(false);
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(open) => !open && close()}
      // Once the focus is back where it was: what is chosen may take it from there, or hand it back there later.
      onOpenChangeComplete={(open) => {
        const target = chosen.current;
        chosen.current = null;
        if (!open && target !== null) goTo(target);
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label="Command palette">
          <PaletteContent
            onChoose={(target) => {
              chosen.current = target;
              close();
            }}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useGoTo(): (target: PaletteTarget) => void {
  const homes = useHomeActions();
  return (target) => {
    switch (target.kind) {
      case 'command':
        rememberCommand(target.command);
        runCommand(target.command);
        return;
      case 'image':
        openImage(target.reference);
        // The list may have to be drawn first.
        requestAnimationFrame(() => runCommand('focus-list'));
        return;
      case 'layer':
        openLayer(target.diffId);
        return;
      case 'cache':
        void homes.open(target.path).then((error) => {
          if (error !== null) runCommand('open-cache');
        });
        return;
    }
  };
}

/** Made anew each time the palette opens, so that it starts without a query. */
function PaletteContent({ onChoose }: { readonly onChoose: (target: PaletteTarget) => void }) {
  const [query, setQuery] = useState('');
  const searched = useDeferredValue(query);
  const world = usePaletteWorld(mayMeanLayer(searched));
  const groups = useMemo(() => listPalette(world, searched), [world, searched]);
  return (
    <Autocomplete.Root
      open
      inline
      mode="none"
      autoHighlight="always"
      keepHighlight
      items={groups}
      value={query}
      onValueChange={(value, { reason }) => reason !== 'item-press' && setQuery(value)}
      itemToStringValue={(row: PaletteRow) => row.item.haystack.text}
    >
      <div className={styles.field}>
        <Search size={16} aria-hidden="true" />
        <Autocomplete.Input
          className={styles.input}
          aria-label="Find a command, an image or a cache"
          placeholder="Find a command, an image or a cache…"
          spellCheck={false}
        />
      </div>
      <Autocomplete.List className={styles.list} aria-label="What was found">
        {(group: PaletteGroup) => <Group key={group.label} group={group} onChoose={onChoose} />}
      </Autocomplete.List>
      {groups.length === 0 && <p className={styles.empty}>Nothing is called like that.</p>}
      <Count groups={groups} query={searched} />
      <footer className={styles.hints} aria-hidden="true">
        <span>
          <Kbd>{keyText('ArrowUp')}</Kbd> <Kbd>{keyText('ArrowDown')}</Kbd> to choose
        </span>
        <span>
          <Kbd>{keyText('Enter')}</Kbd> to do it
        </span>
        <span>
          <Kbd>{keyText('Escape')}</Kbd> to leave
        </span>
      </footer>
    </Autocomplete.Root>
  );
}

const SETTLED_MS = 400;

/** Says how much was found once the typing stops. */
function Count({ groups, query }: { readonly groups: readonly PaletteGroup[]; readonly query: string }) {
  const [words, setWords] = useState('');
  useEffect(() => {
    if (query === '') return setWords('');
    const timer = setTimeout(() => setWords(countPalette(groups)), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [groups, query]);
  return (
    <div role="status">
      <VisuallyHidden>{words}</VisuallyHidden>
    </div>
  );
}

interface GroupProps {
  readonly group: PaletteGroup;
  readonly onChoose: (target: PaletteTarget) => void;
}

function Group({ group, onChoose }: GroupProps) {
  const { label, items, found } = group;
  return (
    <Autocomplete.Group items={items} className={styles.group}>
      <Autocomplete.GroupLabel className={styles.label}>
        {label}
        {found > items.length && (
          <span className={styles.cut}>
            {items.length} of {formatCount(found)}
          </span>
        )}
      </Autocomplete.GroupLabel>
      <Autocomplete.Collection>
        {(row: PaletteRow) => <Row key={row.item.id} row={row} onChoose={onChoose} />}
      </Autocomplete.Collection>
    </Autocomplete.Group>
  );
}

interface RowProps {
  readonly row: PaletteRow;
  readonly onChoose: (target: PaletteTarget) => void;
}

function Row({ row, onChoose }: RowProps) {
  const { target, haystack } = row.item;
  const entry = target.kind === 'command' ? COMMANDS[target.command] : null;
  const hindrance = target.kind === 'command' ? hindranceOf(target.command) : null;
  const keys = entry !== null && isHeardHere(entry.heardBy) ? entry.keys?.[0] : undefined;
  return (
    <Autocomplete.Item
      value={row}
      className={styles.item}
      // Not `disabled`: whoever looks for it shall come upon it and hear why.
      aria-disabled={hindrance !== null}
      onClick={() => (hindrance === null ? onChoose(target) : announce(hindrance))}
    >
      <TargetIcon target={target} />
      <bdi className={classNames(styles.words, target.kind === 'layer' && styles.mono)}>
        {marked(haystack.text, row.ranges)}
      </bdi>
      {hindrance !== null && <span className={styles.why}>{hindrance}</span>}
      {keys !== undefined && hindrance === null && <Kbd>{keyText(keys)}</Kbd>}
    </Autocomplete.Item>
  );
}

/** Keys that a browser keeps for itself are no use to those who read this there. */
function isHeardHere(by: 'page' | 'menu' | 'list' | undefined): boolean {
  return by !== 'menu' || window.strata !== undefined;
}

const SECTION_ICONS = {
  'Go to': ArrowRight,
  Images: ImageIcon,
  Reclaim: Sparkles,
  Cache: HardDrive,
  Appearance: SunMoon,
  Strata: Settings2,
} as const;

function TargetIcon({ target }: { readonly target: PaletteTarget }) {
  const Icon =
    target.kind === 'command'
      ? SECTION_ICONS[COMMANDS[target.command].section]
      : { image: ImageIcon, layer: Layers, cache: HardDrive }[target.kind];
  return <Icon size={15} aria-hidden="true" />;
}

function marked(text: string, ranges: readonly Range[]): ReactNode {
  if (ranges.length === 0) return text;
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const { start, end } of ranges) {
    pieces.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>);
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces;
}
