import fontLicence from '@fontsource-variable/inter/LICENSE?raw';
import monoLicence from '@fontsource-variable/jetbrains-mono/LICENSE?raw';
import { useRef } from 'react';
import type { HomeState } from '../../src-shared/domain/home.ts';
import { assertNever } from '../../src-shared/ipc/result.ts';
import { useCall, useHome } from '../app/queries.ts';
import { useStore } from '../app/store.ts';
import { CopyButton } from '../detail/copy-button.tsx';
import icon from '../icon.svg';
import { Button, Dialog } from '../ui/index.ts';
import styles from './about-dialog.module.css';
import { isAboutOpen } from './about-store.ts';

const NOTHING = {};

/** What this is, in which versions, and under which licences. */
export function AboutDialog() {
  const isOpen = useStore(isAboutOpen);
  const close = () => isAboutOpen.set(false);
  // Not what copies: its tooltip would cover the rest.
  const button = useRef<HTMLButtonElement>(null);
  const engine = useCall('about.get', isOpen ? NOTHING : null).data;
  const home = useHome().data;
  const shell = window.strata?.shell.versions;
  const lines: readonly (readonly [string, string])[] = [
    ['Strata', STRATA_VERSION],
    shell === undefined
      ? ['Shown by', 'browser host']
      : ['Electron', `${shell.electron}, Chromium ${shell.chrome}`],
    ['Node', engine?.node ?? '…'],
    ['SQLite', engine?.sqlite ?? '…'],
    ['System', engine?.system ?? '…'],
    ['Cache made by', home?.msbVersion == null ? 'unknown msb' : `msb ${home.msbVersion}`],
    ['Database layout', home === undefined ? '…' : schemaWords(home.schema)],
  ];
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="About Strata"
      width={460}
      initialFocus={button}
      actions={
        <Button ref={button} onClick={close}>
          Close
        </Button>
      }
    >
      <div className={styles.head}>
        <img src={icon} width={64} height={64} alt="" />
        <p>
          <strong className={styles.name}>Strata</strong>
          Sees what a microsandbox image cache holds, and takes the disk back.
        </p>
        <span className={styles.copy}>
          <CopyButton text={lines.map(([name, value]) => `${name}: ${value}`).join('\n')} what="versions" />
        </span>
      </div>
      <dl className={styles.versions}>
        {lines.map(([name, value]) => (
          <div key={name} className={styles.line}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.licence}>
        Strata is under the Apache License 2.0. The fonts Inter and JetBrains Mono are under the SIL Open Font
        License.
      </p>
      <details className={styles.fonts}>
        <summary>Licence of the fonts</summary>
        <pre className={styles.text}>{FONT_LICENCES}</pre>
      </details>
    </Dialog>
  );
}

/** One text for both; each font's copyright line before it. */
const FONT_LICENCES = `${monoLicence.slice(0, monoLicence.indexOf('\n'))}\n\n${fontLicence}`;

function schemaWords(schema: HomeState['schema']): string {
  switch (schema.kind) {
    case 'none':
      return 'no database';
    case 'known':
      return 'known';
    case 'unknown-intact':
      return 'newer than known, all that is relied on is there';
    case 'not-intact':
      return 'not as expected, so only read';
    default:
      return assertNever(schema);
  }
}
