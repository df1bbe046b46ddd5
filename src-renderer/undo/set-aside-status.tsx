import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { runCommand } from '../app/commands.ts';
import { LinkButton } from '../ui/index.ts';
import styles from './set-aside-status.module.css';
import { useSetAside } from './use-set-aside.ts';

/** In the status bar: what removals set aside, the way back, and the way to its space. */
export function SetAsideStatus() {
  const { bytes, newest } = useSetAside();
  if (bytes === 0) return null;
  return (
    <span className={styles.status}>
      <span title={`${formatCount(bytes)} bytes`}>{formatBytes(bytes)} set aside, not yet freed</span>
      {newest !== undefined && <LinkButton onClick={() => runCommand('undo-removal')}>Undo</LinkButton>}
      <LinkButton onClick={() => runCommand('empty-removed')}>Free now…</LinkButton>
    </span>
  );
}
