import { Fragment, useState } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import { Button, classNames } from '../ui/index.ts';
import styles from './safe-text.module.css';
import { splitVisible } from './visible-text.ts';

/** Characters shown at first: browsers lay out a line of a million characters for seconds. */
const FIRST_LIMIT = 8_000;

export interface SafeTextProps {
  readonly text: string;
  readonly className?: string | undefined;
}

/** Text from an image on one line: isolated from its surroundings, what cannot be seen written as escapes. */
export function SafeText({ text, className }: SafeTextProps) {
  return (
    <bdi className={className}>
      <Runs text={text} />
    </bdi>
  );
}

/** Characters of a media type that is what it says; a longer one breaks anywhere. */
const LONGEST_MEDIA_TYPE = 200;

/** A media type on one line or, where that is short, broken between its words. */
export function MediaType({ text, className }: SafeTextProps) {
  if (text.length > LONGEST_MEDIA_TYPE) return <SafeText text={text} className={className} />;
  return (
    <bdi className={className}>
      {text.split(AFTER_WORD).map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity but their place.
        <Fragment key={index}>
          {index > 0 && <wbr />}
          <Runs text={word} />
        </Fragment>
      ))}
    </bdi>
  );
}

const AFTER_WORD = /(?<=[/.+])/;

/** A value from an image in full: wraps anywhere, keeps its line breaks; very long ones are unrolled in steps. */
export function SafeBlock({ text, className }: SafeTextProps) {
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const rest = text.length - limit;
  return (
    <div className={classNames(styles.block, className)}>
      <bdi>
        <Runs text={rest > 0 ? text.slice(0, limit) : text} />
      </bdi>
      {rest > 0 && (
        <Button size="small" className={styles.more} onClick={() => setLimit(limit * 8)}>
          Show more ({formatCount(rest)} characters left)
        </Button>
      )}
    </div>
  );
}

/** The text alone, for an element that isolates it by itself. */
export function Runs({ text }: { readonly text: string }) {
  return splitVisible(text).map((run, index) =>
    run.isMark ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity but their place.
      <span key={index} className={styles.mark}>
        {run.text}
      </span>
    ) : (
      run.text
    ),
  );
}
