import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { shortenDigest } from '../../src-shared/domain/digest.ts';
import { toVisible } from '../detail/visible-text.ts';
import { classNames } from './class-names.ts';
import { copyText } from './copy.ts';
import styles from './copy-text.module.css';
import { Tooltip } from './tooltip.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';

export interface CopyTextProps {
  /** What lands on the clipboard, whole. */
  readonly text: string;
  /** What it is, for the button's name: `manifest digest`, `reference`. */
  readonly what: string;
  /** What is shown; a digest shortened in the middle unless told otherwise. */
  readonly shown?: string;
  readonly className?: string | undefined;
}

/** A value in the fixed-width face that copies itself on click and says so. */
export function CopyText({ text, what, shown, className }: CopyTextProps) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [isDone]);

  return (
    <Tooltip content={isDone ? 'Copied' : toVisible(text)}>
      <button
        type="button"
        className={classNames(styles.copy, isDone && styles.done, className)}
        onClick={() => void copyText(text, what).then(setDone)}
      >
        <VisuallyHidden>Copy {what} </VisuallyHidden>
        <span className={styles.text}>{toVisible(shown ?? shortenDigest(text))}</span>
        {isDone ? <Check size={13} className={styles.mark} /> : <Copy size={13} className={styles.mark} />}
      </button>
    </Tooltip>
  );
}
