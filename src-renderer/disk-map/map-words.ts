import { formatBytes } from '../../src-shared/domain/format.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { toVisible } from '../detail/visible-text.ts';
import type { MapFile, MapNode } from './map-tree.ts';

/** `12.4 %`, `0.1 %`, `< 0.1 %`: a part of a whole. */
export function shareOf(bytes: number, whole: number): string {
  const share = whole > 0 ? (bytes / whole) * 100 : 0;
  if (share > 0 && share < 0.1) return '< 0.1 %';
  return `${share.toFixed(1)} %`;
}

/** A cell as a screen reader says it: first the words that stand in it, then the rest. */
export function describeCell(node: MapNode, whole: number): string {
  const shown = `${toVisible(node.shortLabel)} ${formatBytes(node.bytes)}`;
  const fullName = node.label === node.shortLabel ? [] : [toVisible(node.label)];
  const words = [shown, ...fullName, shareOf(node.bytes, whole), toVisible(node.about)];
  if (node.parts.length > 0) words.push('zooms in');
  return words.join(', ');
}

/** What a file is, as a title. */
export function kindOfFile({ category }: MapFile): string {
  switch (category) {
    case 'garbage':
      return 'Garbage';
    case 'flat':
      return 'Flat root disk';
    case 'in-flight':
      return 'File of a pull, load or save';
    case 'set-aside':
      return 'Removed, not yet freed';
    case 'unknown':
      return 'Unknown file';
    default:
      return assertNever(category);
  }
}

/** Whether Strata takes it, and when: a sentence. */
export function whatBecomesOf({ category }: MapFile): string {
  switch (category) {
    case 'garbage':
      return 'Nothing needs it: collecting all garbage takes it.';
    case 'flat':
      return 'Sandboxes with a flat root disk start from a copy of it. It goes with the last image it was made for.';
    case 'in-flight':
      return 'It is in use, or too young to tell. It is left alone until msb is done with it or the grace period has passed.';
    case 'set-aside':
      return 'A removal set it aside so that it can be undone. Activity has the removal, and frees its space.';
    case 'unknown':
      return 'msb writes no file of this name here. Strata shows it and never deletes it.';
    default:
      return assertNever(category);
  }
}
