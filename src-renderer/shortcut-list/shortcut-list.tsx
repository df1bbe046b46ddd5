import { Fragment } from 'react';
import { keyCaps } from '../app/keys.ts';
import type { KeyEntry } from '../app/list-keys.ts';
import { useStore } from '../app/store.ts';
import { Button, Dialog, Kbd, VisuallyHidden } from '../ui/index.ts';
import styles from './shortcut-list.module.css';
import { areShortcutsShown } from './shortcut-list-store.ts';
import { shortcutSections } from './shortcut-sections.ts';

const SECTIONS = shortcutSections(window.strata !== undefined);

/** Every shortcut there is here. */
export function ShortcutList() {
  const isOpen = useStore(areShortcutsShown);
  const close = () => areShortcutsShown.set(false);
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="Keyboard shortcuts"
      width={760}
      actions={<Button onClick={close}>Close</Button>}
    >
      <div className={styles.sections}>
        {SECTIONS.map(({ title, entries }) => (
          <section key={title} className={styles.section}>
            <h3 className={styles.title}>{title}</h3>
            <dl>
              {entries.map((entry) => (
                <div key={entry.title} className={styles.line}>
                  <dt>{entry.title}</dt>
                  <dd className={styles.keys}>
                    <Keys entry={entry} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Keys({ entry }: { readonly entry: KeyEntry }) {
  return entry.keys.map((keys, index) => (
    <Fragment key={keys}>
      {index > 0 && <VisuallyHidden> or </VisuallyHidden>}
      <span className={styles.combination}>
        {keyCaps(keys).map((cap) => (
          <Kbd key={cap}>{cap}</Kbd>
        ))}
      </span>
    </Fragment>
  ));
}
