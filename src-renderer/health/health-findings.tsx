import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ImageHealth } from '../../src-shared/domain/health.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { shortenHashesIn } from '../detail/short-name.ts';
import { toVisible } from '../detail/visible-text.ts';
import styles from './health.module.css';

/** What is wrong with one image, a line each. */
export function HealthFindings({ image }: { readonly image: ImageHealth }) {
  return (
    <ul className={styles.findings}>
      {image.findings.map(({ severity, file, detail }) => (
        <li key={`${file} ${detail}`} className={styles.finding}>
          {severity === 'damaged' ? (
            <CircleAlert size={14} className={styles.damaged} aria-label="Damaged" />
          ) : (
            <TriangleAlert size={14} className={styles.warning} aria-label="Warning" />
          )}
          <span>
            <span title={toVisible(detail)}>
              <SafeText text={shortenHashesIn(detail)} />
            </span>
            {file !== null && (
              <span className={styles.file} title={toVisible(file)}>
                <SafeText text={shortenHashesIn(file)} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

export interface SentencesProps {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** Sentences behind a heading that unfolds. */
export function Sentences({ title, sentences }: SentencesProps) {
  if (sentences.length === 0) return null;
  return (
    <details>
      <summary className={styles.summary}>{title}</summary>
      <ul className={styles.sentences}>
        {sentences.map((sentence) => (
          <li key={sentence}>
            <SafeText text={sentence} />
          </li>
        ))}
      </ul>
    </details>
  );
}
