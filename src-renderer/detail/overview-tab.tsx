import { Box, Camera, CircleAlert, Table2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatAge, formatBytes } from '../../src-shared/domain/format.ts';
import type { Holder } from '../../src-shared/domain/holder.ts';
import {
  type ImageFacts,
  type ImageHandle,
  type ImageInspection,
  severityOf,
} from '../../src-shared/domain/image.ts';
import { isBeingPulled, usePulledReferences } from '../app/being-pulled.ts';
import { useNow } from '../app/use-now.ts';
import { DeepCheck } from '../health/deep-check.tsx';
import { Badge, Bytes, CopyText, Notice, type NoticeProps, StackedBar, Swatch } from '../ui/index.ts';
import { explainDamage, repairCommand } from './damage-words.ts';
import { ImpactWords } from './impact.tsx';
import styles from './overview-tab.module.css';
import { namePlatform } from './platform-name.ts';
import { SafeText } from './safe-text.tsx';
import { Field, Fields, Section } from './section.tsx';
import { formatExactTime } from './time.ts';
import { toVisible } from './visible-text.ts';

export interface OverviewTabProps {
  readonly inspection: ImageInspection;
  readonly onOpenReference: (reference: string) => void;
}

/** What an image costs, what it is, and who needs it. */
export function OverviewTab({ inspection, onOpenReference }: OverviewTabProps) {
  const { handle, facts, config, holders } = inspection;
  return (
    <div className={styles.tab}>
      {facts.damage.length > 0 && <Damage facts={facts} />}
      <Section title="Sizes">
        <Sizes handle={handle} facts={facts} />
      </Section>
      <Section title="Identity">
        <Fields>
          <Field label="Manifest">
            <CopyText text={handle.manifestDigest} what="manifest digest" />
          </Field>
          <Field label="Config">
            {config === null ? <Unknown /> : <CopyText text={config.digest} what="config digest" />}
          </Field>
          <Field label="Platform">
            <PlatformWords handle={handle} facts={facts} />
          </Field>
        </Fields>
      </Section>
      <Section title="Dates">
        <Fields>
          <Field label="Cached">
            <Moment time={handle.createdAt} />
          </Field>
          <Field label="Last used">
            <Moment time={handle.lastUsedAt} />
          </Field>
          <Field label="Built">
            <Moment time={config?.created ?? null} />
          </Field>
        </Fields>
      </Section>
      <Section title="Held by">
        {holders.length === 0 ? (
          <p className={styles.quiet}>No sandbox and no snapshot needs this image.</p>
        ) : (
          <ul className={styles.list}>
            {holders.map((holder) => (
              <HolderLine key={JSON.stringify(holder)} holder={holder} />
            ))}
          </ul>
        )}
      </Section>
      <Section title="If it is removed">
        <ImpactWords of={{ reference: handle.reference }} />
      </Section>
      <Section title="Health">
        <DeepCheck key={handle.reference} reference={handle.reference} />
      </Section>
      <Section title="Other tags of this digest">
        {facts.otherReferences.length === 0 ? (
          <p className={styles.quiet}>None: this is the only name of the image.</p>
        ) : (
          <ul className={styles.list}>
            {facts.otherReferences.map((reference) => (
              <li key={reference}>
                <button type="button" className={styles.link} onClick={() => onOpenReference(reference)}>
                  <SafeText text={reference} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

function Sizes({ handle, facts }: { readonly handle: ImageHandle; readonly facts: ImageFacts }) {
  return (
    <div className={styles.sizes}>
      <Size label="On disk" bytes={facts.onDiskBytes}>
        <StackedBar
          parts={[
            { color: 'shared', bytes: facts.sharedBytes },
            { color: 'own', bytes: facts.ownBytes },
          ]}
          height={8}
          hasGaps
        />
        <p className={styles.legend}>
          <span>
            <Swatch color="shared" /> {formatBytes(facts.sharedBytes)} shared with other images
          </span>
          <span>
            <Swatch color="own" /> {formatBytes(facts.ownBytes)} only this image
          </span>
        </p>
      </Size>
      <Size label="Frees if removed" bytes={facts.freedIfRemovedBytes}>
        <p className={styles.quiet}>{explainFreed(facts)}</p>
      </Size>
      <Size label="Download size" bytes={handle.sizeBytes}>
        <p className={styles.quiet}>Compressed, as it was transferred. This is the size msb prints.</p>
      </Size>
    </div>
  );
}

interface SizeProps {
  readonly label: string;
  readonly bytes: number | null;
  readonly children: ReactNode;
}

function Size({ label, bytes, children }: SizeProps) {
  return (
    <div className={styles.size}>
      <div className={styles.sizeHead}>
        <span>{label}</span>
        <Bytes value={bytes} className={styles.amount} />
      </div>
      {children}
    </div>
  );
}

function explainFreed(facts: ImageFacts): string {
  const others = facts.otherReferences.length;
  if (others > 0) {
    return `Only the name goes: ${others === 1 ? 'another tag keeps' : `${others} other tags keep`} the image.`;
  }
  if (facts.holders.length > 0) return 'Once nothing holds the image any more.';
  return facts.sharedBytes > 0
    ? 'What no other image needs. The shared part stays.'
    : 'All of it: no other image needs any part.';
}

function PlatformWords({ handle, facts }: { readonly handle: ImageHandle; readonly facts: ImageFacts }) {
  if (facts.platform !== null) return <SafeText text={namePlatform(facts.platform)} />;
  if (handle.os === null || handle.architecture === null) return <Unknown />;
  return (
    <>
      <Unknown />
      <p className={styles.quiet}>
        Platform of this machine: <SafeText text={`${handle.os}/${handle.architecture}`} />
      </p>
    </>
  );
}

function Moment({ time }: { readonly time: string | null }) {
  const now = useNow();
  const exact = formatExactTime(time);
  if (exact === '') return <Unknown />;
  return (
    <>
      {formatAge(time, now)} <span className={styles.exact}>{exact}</span>
    </>
  );
}

function Unknown() {
  return <span className={styles.quiet}>unknown</span>;
}

function HolderLine({ holder }: { readonly holder: Holder }) {
  switch (holder.kind) {
    case 'sandbox':
      return (
        <li className={styles.holder}>
          <Box size={15} aria-hidden="true" />
          <span className={styles.holderName}>
            <SafeText text={holder.name} />
            {!holder.isReadable && <span className={styles.quiet}> configuration unreadable</span>}
          </span>
          <Badge kind={holder.isRunning ? 'running' : 'neutral'}>{holder.status}</Badge>
        </li>
      );
    case 'snapshot':
      return (
        <li className={styles.holder}>
          <Camera size={15} aria-hidden="true" />
          <span className={styles.holderName} title={toVisible(holder.path)}>
            {holder.group !== null && (
              <span className={styles.quiet}>
                <SafeText text={holder.group} />/
              </span>
            )}
            <SafeText text={holder.name ?? holder.path} />
            {!holder.isReadable && <span className={styles.quiet}> descriptor unreadable</span>}
            {!holder.isIndexed && <span className={styles.quiet}> not in msb’s index</span>}
          </span>
          <Badge kind="snapshot">Snapshot</Badge>
        </li>
      );
    case 'unknown-table':
      return (
        <li className={styles.holder}>
          <Table2 size={15} aria-hidden="true" />
          <span className={styles.holderName}>
            Rows of the unknown table <SafeText text={holder.table} />
          </span>
        </li>
      );
  }
}

function Damage({ facts }: { readonly facts: ImageFacts }) {
  const pulled = usePulledReferences();
  if (isBeingPulled(facts, pulled)) {
    return (
      <div className={styles.damage}>
        <Notice kind="info" title="This image is not whole yet">
          <p>msb is pulling it now. It can be used as soon as that has ended.</p>
        </Notice>
      </div>
    );
  }
  const command = repairCommand(facts.reference);
  return (
    <div className={styles.damage}>
      <Notice {...headOf(facts)}>
        <ul className={styles.list}>
          {explainDamage(facts.damage).map(({ kind, title, consequence, details }) => (
            <li key={kind} className={styles.fault}>
              <CircleAlert size={14} aria-hidden="true" />
              <div>
                <strong>{title}</strong> {consequence}
                <details>
                  <summary>{details.length === 1 ? 'Which' : `Which ${details.length}`}</summary>
                  <ul className={styles.faultDetails}>
                    {details.map((detail) => (
                      <li key={detail}>
                        <SafeText text={detail} />
                      </li>
                    ))}
                  </ul>
                </details>
              </div>
            </li>
          ))}
        </ul>
        <p className={styles.repair}>
          Download it again, or load it again if it came from an archive:{' '}
          <CopyText text={command} shown={command} what="command" />
        </p>
      </Notice>
    </div>
  );
}

function headOf({ damage }: ImageFacts): Pick<NoticeProps, 'kind' | 'title'> {
  if (severityOf(damage) === 'warning') return { kind: 'warning', title: 'Something of this image is lost' };
  return damage.every(({ kind }) => kind === 'vmdk-elsewhere')
    ? { kind: 'warning', title: 'This image is not where it was made' }
    : { kind: 'danger', title: 'This image is damaged' };
}
