import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import { classNames } from './class-names.ts';
import styles from './tabs.module.css';

interface TabOf<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly count?: number | undefined;
  /** Mounted only while its tab is chosen. */
  readonly content: ReactNode;
}

export interface TabsProps<Value extends string> {
  /** What the tabs are about, for the tab list's name. */
  readonly label: string;
  readonly tabs: readonly TabOf<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly className?: string | undefined;
}

/** The WAI-ARIA tabs pattern: arrows move and choose, Tab enters the panel, which scrolls by itself. */
export function Tabs<Value extends string>({ label, tabs, value, onChange, className }: TabsProps<Value>) {
  return (
    <Base.Root
      className={classNames(styles.root, className)}
      value={value}
      onValueChange={(next: Value) => onChange(next)}
    >
      <Base.List className={styles.list} aria-label={label} activateOnFocus>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} className={styles.tab} value={tab.value}>
            {tab.label}
            {tab.count !== undefined && <span className={styles.count}>{formatCount(tab.count)}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} className={styles.panel} value={tab.value}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
