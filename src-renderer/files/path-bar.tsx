import { ChevronRight, CornerDownRight } from 'lucide-react';
import { Fragment, useEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/index.ts';
import { listCrumbs, parseTypedPath, toPlainPath } from './file-path.ts';
import styles from './path-bar.module.css';

/** Folders on the way that are named; those between the first and the last few are dropped. */
const MOST_CRUMBS = 5;

export interface PathBarProps {
  /** The entry or folder the tree is at. */
  readonly path: string;
  readonly onGoTo: (path: string) => void;
}

/** Where the tree is, each folder a button; and a field to go anywhere by path. */
export function PathBar({ path, onGoTo }: PathBarProps) {
  const [isTyping, setTyping] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const hasTyped = useRef(false);
  // The field takes the focus with it when it goes.
  useEffect(() => {
    if (!isTyping && hasTyped.current) button.current?.focus();
    hasTyped.current = isTyping;
  }, [isTyping]);
  const crumbs = listCrumbs(path);
  const shown = crumbs.length > MOST_CRUMBS ? [crumbs[0]!, ...crumbs.slice(1 - MOST_CRUMBS)] : crumbs;
  if (isTyping) {
    return <PathField path={path} onGoTo={onGoTo} onEnd={() => setTyping(false)} />;
  }
  return (
    <nav className={styles.bar} aria-label="Path">
      <ol className={styles.crumbs}>
        {shown.map((crumb, index) => (
          <Fragment key={crumb.path}>
            {index > 0 && (
              <li className={styles.separator} aria-hidden="true">
                {index === 1 && shown.length < crumbs.length && '… '}
                <ChevronRight size={12} />
              </li>
            )}
            <li className={styles.item}>
              <button
                type="button"
                className={styles.crumb}
                aria-current={crumb.path === path ? 'location' : undefined}
                onClick={() => onGoTo(crumb.path)}
              >
                <bdi>{crumb.name}</bdi>
              </button>
            </li>
          </Fragment>
        ))}
      </ol>
      <IconButton
        ref={button}
        label="Go to a path"
        size="small"
        icon={<CornerDownRight size={14} />}
        onClick={() => setTyping(true)}
      />
    </nav>
  );
}

interface PathFieldProps extends PathBarProps {
  readonly onEnd: () => void;
}

function PathField({ path, onGoTo, onEnd }: PathFieldProps) {
  const [typed, setTyped] = useState(toPlainPath(path));
  return (
    <form
      className={styles.bar}
      onSubmit={(event) => {
        event.preventDefault();
        const next = parseTypedPath(typed);
        if (next !== null) onGoTo(next);
        onEnd();
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the person asked for this field a moment ago.
        autoFocus
        className={styles.input}
        aria-label="Path to go to"
        value={typed}
        spellCheck={false}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={onEnd}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onEnd();
        }}
      />
    </form>
  );
}
