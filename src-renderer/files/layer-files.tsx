import { FileBrowser } from './file-browser.tsx';
import styles from './files-tab.module.css';

/** The files of one layer by itself. */
export function LayerFiles({ diffId }: { readonly diffId: string }) {
  return (
    <div className={styles.tab}>
      <FileBrowser tree={{ diffId }} />
    </div>
  );
}
