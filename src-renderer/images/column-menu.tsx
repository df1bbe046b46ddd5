import { Columns3, ListChecks, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useCommand } from '../app/commands.ts';
import { Button, Menu, MenuCheckboxItem, MenuItem, MenuSeparator } from '../ui/index.ts';
import { COLUMNS } from './columns.ts';
import type { SortColumn } from './image-list-state.ts';
import { useColumns } from './use-columns.ts';

export interface ColumnMenuProps {
  readonly className: string | undefined;
  readonly wordsClassName: string | undefined;
  /** The columns that are on screen: of those chosen, what there is room for. */
  readonly visible: readonly SortColumn[];
  /** Makes them as wide as they were meant; null when they are. */
  readonly onResetWidths: (() => void) | null;
}

/** Chooses the columns of the image list. */
export function ColumnMenu({ className, wordsClassName, visible, onResetWidths }: ColumnMenuProps) {
  const { chosen, setShown, showAll } = useColumns();
  const [isOpen, setOpen] = useState(false);
  useCommand('choose-columns', () => setOpen(true));
  return (
    <Menu
      align="end"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button
          variant="ghost"
          size="small"
          className={className}
          icon={<Columns3 size={15} />}
          title="Choose the columns of this list"
        >
          <span className={wordsClassName}>Columns</span>
        </Button>
      }
    >
      {COLUMNS.filter(({ name }) => name !== 'image').map(({ name, label }) => (
        <MenuCheckboxItem
          key={name}
          isChecked={chosen.has(name)}
          note={chosen.has(name) && !visible.includes(name) ? 'no room now' : null}
          onChange={(isShown) => setShown(name, isShown)}
        >
          {label}
        </MenuCheckboxItem>
      ))}
      <MenuSeparator />
      <MenuItem
        icon={<ListChecks size={14} />}
        onSelect={showAll}
        isDisabled={chosen.size === COLUMNS.length}
      >
        Show all columns
      </MenuItem>
      <MenuItem
        icon={<RotateCcw size={14} />}
        onSelect={() => onResetWidths?.()}
        isDisabled={onResetWidths === null}
      >
        Reset the widths
      </MenuItem>
    </Menu>
  );
}
