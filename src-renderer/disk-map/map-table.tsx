import { useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { toVisible } from '../detail/visible-text.ts';
import { Button, classNames, Swatch } from '../ui/index.ts';
import styles from './map-table.module.css';
import type { MapNode } from './map-tree.ts';
import { shareOf } from './map-words.ts';

/** Rows shown before a person asks for more. */
const ROWS_AT_ONCE = 500;

export interface MapTableProps {
  readonly node: MapNode;
  readonly onChoose: (node: MapNode, inside: MapNode | null) => void;
}

/** The map's twin: the same cells as rows, largest first, with exact bytes. */
export function MapTable({ node, onChoose }: MapTableProps) {
  const [most, setMost] = useState(ROWS_AT_ONCE);
  const rows = node.parts
    .toSorted(bySize)
    .flatMap((part) => [
      { part, inside: null as MapNode | null },
      ...(part.isOpen ? part.parts.toSorted(bySize).map((inner) => ({ part: inner, inside: part })) : []),
    ]);
  const hidden = rows.length - most;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.scroller} aria-label={`Table of ${node.label.toLowerCase()}`} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Why it is here</th>
            <th scope="col" className={styles.number}>
              On disk
            </th>
            <th scope="col" className={styles.number}>
              Bytes
            </th>
            <th scope="col" className={styles.number}>
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map(({ part, inside }) => (
            <tr key={`${inside?.id ?? ''} ${part.id}`} className={classNames(part.isOpen && styles.group)}>
              <th
                scope="row"
                data-level={inside === null ? 'outer' : 'inner'}
                className={classNames(inside !== null && styles.inner)}
              >
                <span className={styles.what}>
                  {!part.isOpen && <Swatch color={part.color} />}
                  {part.parts.length > 0 || part.target !== null ? (
                    <button type="button" className={styles.open} onClick={() => onChoose(part, inside)}>
                      <bdi>{toVisible(part.label)}</bdi>
                    </button>
                  ) : (
                    <bdi className={styles.name}>{toVisible(part.label)}</bdi>
                  )}
                </span>
              </th>
              <td className={styles.about}>
                <bdi>{toVisible(part.about)}</bdi>
              </td>
              <td className={styles.number}>{formatBytes(part.bytes)}</td>
              <td className={styles.number}>{formatCount(part.bytes)}</td>
              <td className={styles.number}>{shareOf(part.bytes, node.bytes)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{node.label}</th>
            <td />
            <td className={styles.number}>{formatBytes(node.bytes)}</td>
            <td className={styles.number}>{formatCount(node.bytes)}</td>
            <td className={styles.number}>{shareOf(node.bytes, node.bytes)}</td>
          </tr>
        </tfoot>
      </table>
      {hidden > 0 && (
        <div className={styles.more}>
          <Button size="small" onClick={() => setMost(most + ROWS_AT_ONCE)}>
            Show more of {formatCount(hidden)} others
          </Button>
        </div>
      )}
    </section>
  );
}

function bySize(left: MapNode, right: MapNode): number {
  return right.bytes - left.bytes;
}
