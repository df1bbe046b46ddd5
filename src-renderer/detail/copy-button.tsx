import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText, IconButton } from '../ui/index.ts';

export interface CopyButtonProps {
  /** What lands on the clipboard, whole. */
  readonly text: string;
  /** What it is, for the button's name: `value of PATH`. */
  readonly what: string;
}

/** Copies a value that stands beside it, and says so. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <IconButton
      label={isDone ? 'Copied' : `Copy ${what}`}
      size="small"
      icon={isDone ? <Check size={14} /> : <Copy size={14} />}
      onClick={() => void copyText(text, what).then(setDone)}
    />
  );
}
