import { useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import { Button } from '../ui/index.ts';
import { EmptyDialog } from './empty-dialog.tsx';
import styles from './set-aside.module.css';

/** What removals set aside, in the usage card: removed, and not free before it is emptied. */
export function SetAside({ usage }: { readonly usage: Usage }) {
  const [isAsking, setAsking] = useState(false);
  const bytes = usage.lines.find((line) => line.category === 'set-aside')?.allocatedBytes ?? 0;
  if (bytes === 0 && !isAsking) return null;
  return (
    <div className={styles.line}>
      <span title={`${formatCount(bytes)} bytes`}>{formatBytes(bytes)} removed, not yet freed</span>
      <Button size="small" onClick={() => setAsking(true)}>
        Empty now…
      </Button>
      {isAsking && <EmptyDialog id={null} bytes={bytes} onClose={() => setAsking(false)} />}
    </div>
  );
}
