import type { PlanItemKind } from '../../src-shared/domain/plan.ts';

/** Lines of a plan or a report of one sort, largest first. */
export interface LineGroup<Line> {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly bytes: number;
}

interface AnyLine {
  readonly kind: PlanItemKind | 'file';
  readonly name: string;
  readonly allocatedBytes: number;
}

/** The lines by sort, in the order a person thinks of them: names first, then what takes room. */
export function groupLines<Line extends AnyLine>(lines: readonly Line[]): readonly LineGroup<Line>[] {
  const byTitle = Map.groupBy(lines, (line) => GROUP_OF[line.kind]);
  return ORDER.flatMap((title) => {
    const members = byTitle.get(title);
    if (members === undefined) return [];
    const sorted = members.toSorted((a, b) => b.allocatedBytes - a.allocatedBytes);
    return [{ title, lines: sorted, bytes: sumBytes(sorted) }];
  });
}

/** What a kind of line is called, for one of it. */
export function nameKind(kind: AnyLine['kind']): string {
  return KIND_NAME[kind];
}

function sumBytes(lines: readonly AnyLine[]): number {
  return lines.reduce((sum, line) => sum + line.allocatedBytes, 0);
}

const ORDER = [
  'Names',
  'Images',
  'Layers',
  'Flat root disks',
  'Boot files',
  'Metadata',
  'Leftovers',
  'Unknown files',
];

const GROUP_OF: Readonly<Record<AnyLine['kind'], string>> = {
  reference: 'Names',
  manifest: 'Images',
  layer: 'Layers',
  'flat-disk': 'Flat root disks',
  'flat-ref': 'Flat root disks',
  fsmeta: 'Boot files',
  vmdk: 'Boot files',
  metadata: 'Metadata',
  download: 'Leftovers',
  spool: 'Leftovers',
  work: 'Leftovers',
  leftover: 'Leftovers',
  file: 'Unknown files',
};

const KIND_NAME: Readonly<Record<AnyLine['kind'], string>> = {
  reference: 'image',
  manifest: 'manifest',
  layer: 'layer',
  'flat-disk': 'flat root disk',
  'flat-ref': 'flat disk record',
  fsmeta: 'file system index',
  vmdk: 'disk descriptor',
  metadata: 'metadata',
  download: 'download',
  spool: 'unpacking',
  work: 'work file',
  leftover: 'set aside',
  file: 'unknown file',
};
