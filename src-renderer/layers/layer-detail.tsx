import { useState } from 'react';
import { formatAge, formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { LayerState, LayerSummary } from '../../src-shared/domain/layer.ts';
import { openImage, showView } from '../app/navigation.ts';
import { useNow } from '../app/use-now.ts';
import { ImpactWords } from '../detail/impact.tsx';
import { SafeReference } from '../detail/safe-reference.tsx';
import { MediaType } from '../detail/safe-text.tsx';
import { Field, Fields, Section } from '../detail/section.tsx';
import { formatExactTime } from '../detail/time.ts';
import { LayerFiles } from '../files/layer-files.tsx';
import { reclaimChoice } from '../reclaim/reclaim-settings.ts';
import { Button, CopyText, Notice, Tabs } from '../ui/index.ts';
import styles from './layer-detail.module.css';

/** Images listed before the rest has to be asked for. */
const FIRST_IMAGES = 100;

/** Everything about one layer of the cache: the images that share it, its digests and sizes, its files. */
export function LayerDetail({ layer }: { readonly layer: LayerSummary }) {
  const [tab, setTab] = useState<'overview' | 'files'>('overview');
  return (
    <aside className={styles.pane} aria-label="Layer details">
      <h2 className={styles.title}>Layer {layer.diffId.slice(layer.diffId.indexOf(':') + 1).slice(0, 12)}</h2>
      <div className={styles.digest}>
        <CopyText text={layer.diffId} what="diff ID" />
      </div>
      <Tabs
        className={styles.tabs}
        label="About this layer"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'overview',
            label: 'Overview',
            content: <Overview layer={layer} onShowFiles={() => setTab('files')} />,
          },
          { value: 'files', label: 'Files', content: <LayerFiles diffId={layer.diffId} /> },
        ]}
      />
    </aside>
  );
}

interface OverviewProps {
  readonly layer: LayerSummary;
  readonly onShowFiles: () => void;
}

function Overview({ layer, onShowFiles }: OverviewProps) {
  const nowMs = useNow();
  return (
    <div className={styles.body}>
      {layer.isOrphan && <Orphan />}
      {layer.state.kind !== 'materialized' && <Damage layer={layer} state={layer.state} />}
      <Section
        title="Images that use it"
        aside={<span className={styles.count}>{formatCount(layer.references.length)}</span>}
      >
        <Images layer={layer} />
      </Section>
      <Section
        title="Sizes"
        aside={
          <Button size="small" disabled={layer.state.kind === 'missing'} onClick={onShowFiles}>
            Files of this layer
          </Button>
        }
      >
        <Fields>
          <Field label="On disk">{exactBytes(layer.allocatedSizeBytes)}</Field>
          <Field label="EROFS file">{exactBytes(layer.erofsSizeBytes)}</Field>
          <Field label="Compressed">{exactBytes(layer.compressedSizeBytes)}</Field>
        </Fields>
      </Section>
      <Section title="If it is removed">
        <ImpactWords of={{ diffId: layer.diffId }} />
      </Section>
      <Section title="Identity">
        <Fields>
          <Field label="Diff ID">
            <CopyText text={layer.diffId} what="diff ID" />
          </Field>
          <Field label="Blob digest">
            {layer.blobDigest === null ? (
              <Unknown />
            ) : (
              <CopyText text={layer.blobDigest} what="blob digest" />
            )}
          </Field>
          <Field label="Media type">
            {layer.mediaType === null ? (
              <Unknown />
            ) : (
              <MediaType text={layer.mediaType} className={styles.mono} />
            )}
          </Field>
          <Field label="Cached">
            {layer.createdAt === null ? <Unknown /> : formatExactTime(layer.createdAt)}
          </Field>
          <Field label="Last used">
            {layer.lastUsedAt === null ? (
              <Unknown />
            ) : (
              <span title={formatExactTime(layer.lastUsedAt)}>{formatAge(layer.lastUsedAt, nowMs)}</span>
            )}
          </Field>
        </Fields>
      </Section>
    </div>
  );
}

function Images({ layer }: { readonly layer: LayerSummary }) {
  const [limit, setLimit] = useState(FIRST_IMAGES);
  if (layer.references.length === 0) {
    const untagged = layer.manifestDigests.length;
    return (
      <p className={styles.quiet}>
        {untagged === 0 ? 'None.' : 'Only images without a tag, which garbage collection may take.'}
      </p>
    );
  }
  return (
    <>
      <ul>
        {layer.references.slice(0, limit).map((reference) => (
          <li key={reference}>
            <button type="button" className={styles.link} onClick={() => openImage(reference)}>
              <SafeReference reference={reference} />
            </button>
          </li>
        ))}
      </ul>
      {layer.references.length > limit && (
        <Button size="small" onClick={() => setLimit(limit * 5)}>
          Show more ({formatCount(layer.references.length - limit)} left)
        </Button>
      )}
    </>
  );
}

function Orphan() {
  return (
    <div className={styles.notice}>
      <Notice
        kind="warning"
        title="Orphaned"
        actions={
          <Button
            size="small"
            onClick={() => {
              reclaimChoice.set('gcLayers');
              showView('reclaim');
            }}
          >
            Collect…
          </Button>
        }
      >
        <p>No image, no sandbox and no snapshot needs this layer.</p>
      </Notice>
    </div>
  );
}

interface DamageProps {
  readonly layer: LayerSummary;
  readonly state: Exclude<LayerState, { kind: 'materialized' }>;
}

function Damage({ layer, state }: DamageProps) {
  return (
    <div className={styles.notice}>
      <Notice kind="danger" title={titleOf(state)}>
        <p>
          {layer.references.length === 0
            ? 'No image is affected.'
            : 'The images below do not start, or miss files. Pull one of them again to repair it.'}
        </p>
      </Notice>
    </div>
  );
}

function titleOf(state: DamageProps['state']): string {
  switch (state.kind) {
    case 'missing':
      return 'The layer file is missing';
    case 'truncated':
      return `The layer file is cut short at ${formatBytes(state.lengthBytes)}`;
    case 'unreadable':
      return `The layer file cannot be read: ${state.detail}`;
  }
}

function exactBytes(bytes: number | null) {
  return bytes === null ? <Unknown /> : `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`;
}

function Unknown() {
  return <span className={styles.quiet}>unknown</span>;
}
