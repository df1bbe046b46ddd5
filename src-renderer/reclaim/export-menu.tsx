import { FileJson, Sheet } from 'lucide-react';
import type { Plan, PlanAction } from '../../src-shared/domain/plan.ts';
import { useCommand } from '../app/commands.ts';
import { saveBlob } from '../files/save-blob.ts';
import { announce, Button, Menu, MenuItem } from '../ui/index.ts';
import { exportCsv, exportJson } from './export-list.ts';

const TITLES: Readonly<Record<PlanAction['kind'], string>> = {
  remove: 'Remove images',
  gcLayers: 'Collect orphaned layers',
  gc: 'Collect all garbage',
  prune: 'Prune unused images',
};

/** Saves the list as shown, for the record: it cannot be used to remove anything. */
export function ExportMenu({ plan }: { readonly plan: Plan | undefined }) {
  const save = (extension: 'json' | 'csv') => {
    if (plan === undefined) return;
    const now = new Date().toISOString();
    const text = extension === 'json' ? exportJson(plan, TITLES[plan.action.kind], now) : exportCsv(plan);
    const type = extension === 'json' ? 'application/json' : 'text/csv';
    saveBlob(new Blob([text], { type }), `strata-${plan.action.kind}-${now.slice(0, 10)}.${extension}`);
    announce('Saved the list.');
  };
  const isEmpty = plan === undefined || plan.items.length + plan.kept.length === 0;
  const hindrance = isEmpty ? 'There is nothing in the list.' : null;
  useCommand('export-json', () => save('json'), hindrance);
  useCommand('export-csv', () => save('csv'), hindrance);
  return (
    <Menu align="end" trigger={<Button disabled={isEmpty}>Export list</Button>}>
      <MenuItem icon={<FileJson size={15} />} onSelect={() => save('json')}>
        As JSON
      </MenuItem>
      <MenuItem icon={<Sheet size={15} />} onSelect={() => save('csv')}>
        As CSV
      </MenuItem>
    </Menu>
  );
}
