import { Search, X } from 'lucide-react';
import { useRef } from 'react';
import { IconButton, Kbd } from '../ui/index.ts';
import { runCommand, useCommand } from './commands.ts';
import { setFind, useFind } from './find.ts';
import styles from './find-field.module.css';
import { keyText } from './keys.ts';
import { showView, usePlace } from './navigation.ts';

/** Finds images by words of their references, digests and labels; typing goes to the images from any view. */
export function FindField() {
  const text = useFind();
  const { view } = usePlace();
  const input = useRef<HTMLInputElement>(null);
  useCommand('find', () => {
    input.current?.focus();
    input.current?.select();
  });

  const change = (next: string) => {
    setFind(next);
    if (view !== 'images') showView('images');
  };
  return (
    <search className={styles.field}>
      <Search size={15} className={styles.icon} aria-hidden="true" />
      <input
        ref={input}
        type="search"
        className={styles.input}
        aria-label="Find images"
        placeholder="Find images, digests, labels…"
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Escape' && text !== '') setFind('');
          else if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') {
            runCommand('focus-list');
          } else return;
          event.preventDefault();
        }}
      />
      {text === '' ? (
        <span className={styles.hint} aria-hidden="true">
          <Kbd>{keyText('Mod+K')}</Kbd>
        </span>
      ) : (
        <IconButton
          label="Clear the find field"
          size="small"
          className={styles.clear}
          icon={<X size={14} />}
          onClick={() => {
            setFind('');
            input.current?.focus();
          }}
        />
      )}
    </search>
  );
}
