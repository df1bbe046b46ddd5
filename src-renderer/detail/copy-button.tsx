import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { announce, IconButton } from '../ui/index.ts';

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
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      announce(`Copied the ${what}.`);
    } catch {
      announce(`The ${what} could not be copied: the system refused the clipboard.`);
    }
  };
  return (
    <IconButton
      label={isDone ? 'Copied' : `Copy ${what}`}
      size="small"
      icon={isDone ? <Check size={14} /> : <Copy size={14} />}
      onClick={() => void copy()}
    />
  );
}
