import { Copy, FolderSearch, GitCompareArrows, PanelRight, Pin, PinOff, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { keyText } from '../app/keys.ts';
import { LIST_ACTIONS } from '../app/list-keys.ts';
import { showView } from '../app/navigation.ts';
import { compared } from '../compare/comparison.ts';
import { countOf } from '../detail/count-words.ts';
import { togglePin, useIsPinned } from '../reclaim/pins.ts';
import { ContextMenu, copyText, MenuItem, MenuSeparator } from '../ui/index.ts';
import type { ImageRow } from './image-entries.ts';

export interface RowMenuProps {
  readonly rows: readonly ImageRow[];
  /** What removing from a row removes: it alone, or all that is selected when it is. */
  readonly targetsOf: (row: ImageRow) => readonly string[];
  readonly onOpen: (row: ImageRow) => void;
  readonly onRemove: (references: readonly string[], isForced: boolean) => void;
  /** The list; its rows carry their place in `data-index`. */
  readonly children: ReactNode;
}

/** The list with a menu on each row: by right click, long press, the menu key or Shift+F10. */
export function RowMenu({ rows, children, ...actions }: RowMenuProps) {
  const [row, setRow] = useState<ImageRow | null>(null);
  const find = (target: Element) => {
    const index = target.closest<HTMLElement>('[data-index]')?.dataset.index;
    const found = rows[Number(index ?? Number.NaN)] ?? null;
    setRow(found);
    return found !== null;
  };
  return (
    <ContextMenu area={children} onAsk={find}>
      {row !== null && <Items row={row} {...actions} />}
    </ContextMenu>
  );
}

type ItemsProps = Omit<RowMenuProps, 'rows' | 'children'> & { readonly row: ImageRow };

function Items({ row, targetsOf, onOpen, onRemove }: ItemsProps) {
  const { reference, manifestDigest } = row.entry.handle;
  const isPinned = useIsPinned(reference);
  const shell = window.strata?.shell;
  const targets = targetsOf(row);
  const what = targets.length === 1 ? '' : ` ${countOf(targets.length, 'image')}`;
  return (
    <>
      <MenuItem
        icon={<PanelRight size={15} />}
        shortcut={keyText(LIST_ACTIONS.open.keys[0])}
        onSelect={() => onOpen(row)}
      >
        Open
      </MenuItem>
      <MenuItem icon={<Copy size={15} />} onSelect={() => void copyText(reference, 'reference')}>
        Copy reference
      </MenuItem>
      <MenuItem icon={<Copy size={15} />} onSelect={() => void copyText(manifestDigest, 'manifest digest')}>
        Copy manifest digest
      </MenuItem>
      {shell !== undefined && (
        <MenuItem
          icon={<FolderSearch size={15} />}
          onSelect={() => void shell.reveal({ kind: 'cache-file', path: descriptorOf(manifestDigest) })}
        >
          Show in file manager
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem
        icon={isPinned ? <PinOff size={15} /> : <Pin size={15} />}
        onSelect={() => togglePin(reference)}
      >
        {isPinned ? 'Let prune take it' : 'Pin: never prune it'}
      </MenuItem>
      <MenuItem
        icon={<GitCompareArrows size={15} />}
        onSelect={() => {
          compared.set({ left: reference, right: '' });
          showView('compare');
        }}
      >
        Compare with another…
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        isDanger
        icon={<Trash2 size={15} />}
        shortcut={keyText('Delete')}
        onSelect={() => onRemove(targets, false)}
      >
        Remove{what}…
      </MenuItem>
      <MenuItem isDanger icon={<Trash2 size={15} />} onSelect={() => onRemove(targets, true)}>
        Force remove{what}…
      </MenuItem>
    </>
  );
}

/** The file that every layered image has of its own, by msb's spelling of digests in names. */
function descriptorOf(manifestDigest: string): string {
  return `vmdk/${manifestDigest.replace(':', '_')}.vmdk`;
}
