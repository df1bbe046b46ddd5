import {
  ArrowDownUp,
  Columns3,
  EyeOff,
  FoldHorizontal,
  Maximize2,
  RotateCcw,
  UnfoldHorizontal,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { runCommand } from '../app/commands.ts';
import { keyText } from '../app/keys.ts';
import { HEADING_ACTIONS } from '../app/list-keys.ts';
import { ContextMenu, MenuItem, MenuSeparator } from '../ui/index.ts';
import { type Column, WIDTH_STEP } from './columns.ts';
import type { ColumnSizing } from './use-column-sizing.ts';
import { useColumns } from './use-columns.ts';

export interface HeadingMenuProps {
  readonly columns: readonly Column[];
  readonly sizing: ColumnSizing;
  readonly onSort: (column: Column) => void;
  readonly onFit: (column: Column) => void;
  /** The headings; each carries its place in `data-column`, from 1 on. */
  readonly children: ReactNode;
}

/** The headings with a menu on each: by right click, long press, the menu key or Shift+F10. */
export function HeadingMenu({ columns, children, ...actions }: HeadingMenuProps) {
  const [column, setColumn] = useState<Column | null>(null);
  const find = (target: Element) => {
    const place = target.closest<HTMLElement>('[data-column]')?.dataset.column;
    const found = columns[Number(place ?? Number.NaN) - 1] ?? null;
    setColumn(found);
    return found !== null;
  };
  return (
    <ContextMenu area={children} onAsk={find}>
      {column !== null && <Items column={column} {...actions} />}
    </ContextMenu>
  );
}

type ItemsProps = Omit<HeadingMenuProps, 'columns' | 'children'> & { readonly column: Column };

function Items({ column, sizing, onSort, onFit }: ItemsProps) {
  const { setShown } = useColumns();
  const { name, width } = column;
  return (
    <>
      <MenuItem
        icon={<ArrowDownUp size={15} />}
        shortcut={keyText(HEADING_ACTIONS.sort.keys[0])}
        onSelect={() => onSort(column)}
      >
        Sort by this column
      </MenuItem>
      {name !== 'image' && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={<UnfoldHorizontal size={15} />}
            shortcut={keyText(HEADING_ACTIONS.wider.keys[0])}
            onSelect={() => sizing.size(name, width + WIDTH_STEP)}
          >
            Wider
          </MenuItem>
          <MenuItem
            icon={<FoldHorizontal size={15} />}
            shortcut={keyText(HEADING_ACTIONS.narrower.keys[0])}
            onSelect={() => sizing.size(name, width - WIDTH_STEP)}
          >
            Narrower
          </MenuItem>
          <MenuItem
            icon={<Maximize2 size={15} />}
            shortcut={keyText(HEADING_ACTIONS.fit.keys[0])}
            onSelect={() => onFit(column)}
          >
            Fit to what it shows
          </MenuItem>
        </>
      )}
      <MenuSeparator />
      {name !== 'image' && (
        <MenuItem icon={<EyeOff size={15} />} onSelect={() => setShown(name, false)}>
          Hide this column
        </MenuItem>
      )}
      <MenuItem icon={<Columns3 size={15} />} onSelect={() => runCommand('choose-columns')}>
        Choose columns…
      </MenuItem>
      <MenuItem
        icon={<RotateCcw size={15} />}
        onSelect={() => sizing.reset?.()}
        isDisabled={sizing.reset === null}
      >
        Reset the widths
      </MenuItem>
    </>
  );
}
