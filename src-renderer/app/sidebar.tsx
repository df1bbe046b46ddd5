import { Settings as SettingsIcon } from 'lucide-react';
import { showSettings } from '../settings/settings-dialog.tsx';
import { showView, usePlace } from './navigation.ts';
import { useUsage } from './queries.ts';
import styles from './sidebar.module.css';
import { UsageCard } from './usage-card.tsx';
import { useReclaimable } from './use-reclaimable.ts';
import { VIEWS } from './views.tsx';

export function Sidebar() {
  const { view } = usePlace();
  const usage = useUsage();
  const reclaimable = useReclaimable();
  return (
    <nav className={styles.sidebar} aria-label="Views">
      <ul className={styles.list}>
        {VIEWS.map(({ name, label, Icon, count }) => {
          const counted = usage.data === undefined ? null : count({ usage: usage.data, reclaimable });
          return (
            <li key={name}>
              <button
                type="button"
                className={styles.entry}
                aria-current={name === view ? 'page' : undefined}
                title={label}
                onClick={() => showView(name)}
              >
                <Icon size={17} aria-hidden="true" />
                <span className={styles.label}>{label}</span>
                {counted !== null && <span className={styles.count}>{counted}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" className={styles.entry} title="Settings" onClick={showSettings}>
        <SettingsIcon size={17} aria-hidden="true" />
        <span className={styles.label}>Settings</span>
      </button>
      <div className={styles.usage}>
        <UsageCard usage={usage.data ?? null} />
      </div>
    </nav>
  );
}
