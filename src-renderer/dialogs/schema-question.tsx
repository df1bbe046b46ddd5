import { useState } from 'react';
import { useHome } from '../app/queries.ts';
import { useChangeSettings, useSettings } from '../settings/settings-store.ts';
import { Notice, Option } from '../ui/index.ts';
import { acceptMigrations, listUnaccepted } from './schema-consent.ts';
import styles from './schema-question.module.css';

export interface SchemaConsent {
  /** Migrations to ask about; empty when nothing has to be asked. */
  readonly unknownMigrations: readonly string[];
  /** True when a removal may start. */
  readonly isGiven: boolean;
  readonly setGiven: (isGiven: boolean) => void;
  /** Remembers the answer: called when the removal starts. */
  readonly remember: () => void;
}

const NOTHING_CONFIRMED = {};

/** Whether a removal has to ask once more, because the cache's schema is newer than Strata. */
export function useSchemaConsent(): SchemaConsent {
  const { data: home } = useHome();
  const [isTicked, setTicked] = useState(false);
  const confirmations = useSettings()?.confirmations ?? NOTHING_CONFIRMED;
  const change = useChangeSettings();
  const unknownMigrations = home === undefined ? [] : listUnaccepted(home.schema, confirmations);
  return {
    unknownMigrations,
    isGiven: home !== undefined && (unknownMigrations.length === 0 || isTicked),
    setGiven: setTicked,
    remember: () => {
      if (unknownMigrations.length === 0) return;
      change({ confirmations: acceptMigrations(unknownMigrations, confirmations) });
    },
  };
}

/** The question itself; nothing while there is none to ask. */
export function SchemaQuestion({ consent }: { readonly consent: SchemaConsent }) {
  if (consent.unknownMigrations.length === 0) return null;
  return (
    <Notice kind="warning" title="This cache is newer than Strata">
      <p>
        Everything Strata relies on is as it expects, but msb has changed the database in ways it does not
        know:
      </p>
      <ul className={styles.migrations}>
        {consent.unknownMigrations.map((migration) => (
          <li key={migration}>{migration}</li>
        ))}
      </ul>
      <Option type="checkbox" isChosen={consent.isGiven} onChange={consent.setGiven}>
        <strong>I understand. Remove all the same, and do not ask again for this version.</strong>
      </Option>
    </Notice>
  );
}
