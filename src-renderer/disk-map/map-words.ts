import { formatBytes } from '../../src-shared/domain/format.ts';
import { toVisible } from '../detail/visible-text.ts';
import type { MapNode } from './map-tree.ts';

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
