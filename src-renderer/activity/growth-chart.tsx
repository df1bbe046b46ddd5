import { useMemo, useRef } from 'react';
import type { UsageSample } from '../../src-shared/domain/activity.ts';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { formatExactTime } from '../detail/time.ts';
import { useElementSize } from '../ui/index.ts';
import { type Growth, traceGrowth } from './growth.ts';
import styles from './growth-chart.module.css';

const HEIGHT = 132;
const MARKS = [1, 0.5] as const;

/** How large the cache was over time, drawn and as a table. */
export function GrowthChart({ samples }: { readonly samples: readonly UsageSample[] }) {
  const growth = useMemo(() => traceGrowth(samples), [samples]);
  return (
    <section className={styles.card} aria-label="Size over time">
      <h3 className={styles.title}>Size over time</h3>
      {growth === null ? (
        <p className={styles.none}>
          Strata writes down how large the cache is while it is open. The curve begins with the second sample.
        </p>
      ) : (
        <>
          <Curve growth={growth} />
          <Table growth={growth} />
        </>
      )}
    </section>
  );
}

function Curve({ growth: { points, topBytes } }: { readonly growth: Growth }) {
  const area = useRef<HTMLDivElement>(null);
  const width = useElementSize(area)?.width ?? 0;
  const first = points[0]!;
  const last = points.at(-1)!;
  const line = points
    .map(({ x, y }) => `${(x * width).toFixed(1)} ${((1 - y) * HEIGHT).toFixed(1)}`)
    .join('L');
  const largest = points.reduce((most, point) => (point.y > most.y ? point : most));
  return (
    <figure className={styles.figure}>
      <div ref={area} className={styles.area}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={`From ${formatBytes(first.sample.totalBytes)} to ${formatBytes(last.sample.totalBytes)}, at most ${formatBytes(largest.sample.totalBytes)}. The table below has the numbers.`}
            width={width}
            height={HEIGHT}
            className={styles.curve}
          >
            {MARKS.map((mark) => (
              <line
                key={mark}
                className={styles.mark}
                x1={0}
                x2={width}
                y1={(1 - mark) * HEIGHT + 0.5}
                y2={(1 - mark) * HEIGHT + 0.5}
              />
            ))}
            <path className={styles.fill} d={`M0 ${HEIGHT}L${line}L${width} ${HEIGHT}Z`} />
            <path className={styles.line} d={`M${line}`} />
            <line className={styles.ground} x1={0} x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
          </svg>
        )}
        {MARKS.map((mark) => (
          <span key={mark} className={styles.scale} style={{ top: (1 - mark) * HEIGHT }} aria-hidden="true">
            {formatBytes(topBytes * mark)}
          </span>
        ))}
      </div>
      <figcaption className={styles.ends}>
        <span>{formatExactTime(first.sample.at)}</span>
        <span>{formatExactTime(last.sample.at)}</span>
      </figcaption>
    </figure>
  );
}

function Table({ growth: { points } }: { readonly growth: Growth }) {
  return (
    <details className={styles.details}>
      <summary className={styles.summary}>The same as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={styles.scroller} aria-label="Size over time as a table" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">On disk</th>
              <th scope="col">Garbage</th>
              <th scope="col">Images</th>
              <th scope="col">Files</th>
            </tr>
          </thead>
          <tbody>
            {points.toReversed().map(({ sample }) => (
              <tr key={sample.at}>
                <th scope="row">{formatExactTime(sample.at)}</th>
                <td title={`${formatCount(sample.totalBytes)} bytes`}>{formatBytes(sample.totalBytes)}</td>
                <td>{formatBytes(sample.garbageBytes)}</td>
                <td>{formatCount(sample.references)}</td>
                <td>{formatCount(sample.files)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
