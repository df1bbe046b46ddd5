import { useId, useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { useCall } from '../app/queries.ts';
import { countOf } from '../detail/count-words.ts';
import { SafeText } from '../detail/safe-text.tsx';
import styles from './efficiency-card.module.css';
import { toPlainPath } from './file-path.ts';

/** Hidden files listed. */
const MOST_LISTED = 200;

export interface EfficiencyCardProps {
  readonly reference: string;
  readonly onGoTo: (path: string) => void;
}

/** How much of what the layers carry the image still shows, and which files later layers hide. */
export function EfficiencyCard({ reference, onGoTo }: EfficiencyCardProps) {
  const { data, error } = useCall('files.efficiency', { reference });
  const [isOpen, setOpen] = useState(false);
  const list = useId();
  if (error !== null) return <p className={styles.failed}>The efficiency of this image cannot be told.</p>;
  const hasHidden = data !== undefined && data.hiddenFiles > 0;
  return (
    <div className={styles.card}>
      <dl className={styles.facts}>
        <div>
          <dt>Efficiency</dt>
          <dd>{data === undefined ? '…' : `${(data.efficiency * 100).toFixed(1)} %`}</dd>
        </div>
        <div>
          <dt>Hidden by later layers</dt>
          <dd>
            {data === undefined && '…'}
            {data !== undefined && !hasHidden && 'nothing'}
            {hasHidden && (
              <button
                type="button"
                className={styles.hidden}
                aria-expanded={isOpen}
                aria-controls={isOpen ? list : undefined}
                onClick={() => setOpen(!isOpen)}
              >
                {formatBytes(data.hiddenBytes)} in {countOf(data.hiddenFiles, 'file')}
              </button>
            )}
          </dd>
        </div>
        <div>
          <dt>Files</dt>
          <dd>{data === undefined ? '…' : formatCount(data.files)}</dd>
        </div>
      </dl>
      {isOpen && hasHidden && (
        <ul id={list} className={styles.list} aria-label="Files hidden by later layers">
          {data.hidden.slice(0, MOST_LISTED).map((file) => (
            <li key={file.path}>
              <button type="button" className={styles.file} onClick={() => onGoTo(file.path)}>
                <SafeText text={toPlainPath(file.path)} className={styles.path} />
                <span className={styles.layers}>
                  {file.isRemoved ? 'removed' : 'replaced'}, layers {file.positions.join(', ')}
                </span>
                <span className={styles.bytes}>{formatBytes(file.hiddenBytes)}</span>
              </button>
            </li>
          ))}
          {data.hiddenFiles > MOST_LISTED && (
            <li className={styles.layers}>and {formatCount(data.hiddenFiles - MOST_LISTED)} more</li>
          )}
        </ul>
      )}
    </div>
  );
}
