import { Box, Pin, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useHome, useInspection } from '../app/queries.ts';
import { FilesTab } from '../files/files-tab.tsx';
import { togglePin, useIsPinned } from '../reclaim/pins.ts';
import { Button, CopyText, EmptyState, ErrorNotice, Spinner, Tabs } from '../ui/index.ts';
import { ConfigTab } from './config-tab.tsx';
import styles from './detail-pane.module.css';
import { FactCard } from './fact-card.tsx';
import { HeldBy } from './held-by.tsx';
import { JsonTab } from './json-tab.tsx';
import { LayersTab } from './layers-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { SafeReference } from './safe-reference.tsx';

export interface DetailPaneProps {
  /** The image shown. */
  readonly reference: string;
  /** Opens another image: a tag of the same digest, or one that shares a layer. */
  readonly onOpenReference: (reference: string) => void;
  /** Asks to remove the image shown; the dialog must outlive this pane, which goes with its image. */
  readonly onRemove: (isForced: boolean) => void;
}

type TabName = 'overview' | 'config' | 'layers' | 'files' | 'json';

/** Everything about one image. The chosen tab stays when the image changes. */
export function DetailPane({ reference, onOpenReference, onRemove }: DetailPaneProps) {
  const inspection = useInspection(reference);
  const home = useHome();
  const [tab, setTab] = useState<TabName>('overview');
  const [filesOf, setFilesOf] = useState<{ reference: string; position: number | null } | null>(null);
  const shown = inspection.data;

  if (shown === undefined) {
    return (
      <aside className={styles.pane} aria-label="Image details">
        <Title reference={reference} />
        <div className={styles.waiting}>
          {inspection.error === null ? (
            <Spinner label="Reading the image" size={20} />
          ) : (
            <ErrorNotice error={inspection.error.error} onRetry={() => void inspection.refetch()} />
          )}
        </div>
      </aside>
    );
  }

  const { facts, handle, layers } = shown;
  const showFiles = (position: number) => {
    setFilesOf({ reference, position });
    setTab('files');
  };
  const position = filesOf?.reference === reference ? filesOf.position : null;
  return (
    <aside className={styles.pane} aria-label="Image details">
      <Title reference={reference} />
      <div className={styles.digest}>
        <CopyText text={handle.manifestDigest} what="manifest digest" />
        <PinButton reference={reference} />
      </div>
      <FactCard handle={handle} facts={facts} />
      <Tabs
        className={styles.tabs}
        label="About this image"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'overview',
            label: 'Overview',
            content: <OverviewTab inspection={shown} onOpenReference={onOpenReference} />,
          },
          { value: 'config', label: 'Config', content: <ConfigTab key={reference} inspection={shown} /> },
          {
            value: 'layers',
            label: 'Layers',
            count: layers.length,
            content: (
              <LayersTab
                key={reference}
                inspection={shown}
                onOpenReference={onOpenReference}
                onShowFiles={showFiles}
              />
            ),
          },
          {
            value: 'files',
            label: 'Files',
            content: (
              <FilesTab
                key={reference}
                reference={reference}
                layers={layers}
                position={position}
                onPositionChange={(next) => setFilesOf({ reference, position: next })}
              />
            ),
          },
          { value: 'json', label: 'JSON', content: <JsonTab key={reference} inspection={shown} /> },
        ]}
      />
      <footer className={styles.footer}>
        <HeldBy holders={facts.holders} />
        <Removal reasons={home.data?.readOnlyReasons ?? []} onRemove={onRemove} />
      </footer>
    </aside>
  );
}

/** Keeps the image from every prune, or lets it go again. */
function PinButton({ reference }: { readonly reference: string }) {
  const isPinned = useIsPinned(reference);
  return (
    <Button
      variant="ghost"
      size="small"
      icon={<Pin size={14} aria-hidden="true" />}
      aria-pressed={isPinned}
      title={isPinned ? 'Pruning never takes this image' : 'Keep this image from being pruned'}
      onClick={() => togglePin(reference)}
    >
      {isPinned ? 'Pinned' : 'Pin'}
    </Button>
  );
}

/** What stands in the pane while no image is chosen. */
export function NoImageChosen() {
  return (
    <aside className={styles.pane} aria-label="Image details">
      <EmptyState icon={<Box size={22} />} title="No image chosen">
        Choose an image to see what is inside and who needs it.
      </EmptyState>
    </aside>
  );
}

function Title({ reference }: { readonly reference: string }) {
  return (
    <h2 className={styles.title}>
      <SafeReference reference={reference} />
    </h2>
  );
}

interface RemovalProps {
  readonly reasons: readonly string[];
  readonly onRemove: (isForced: boolean) => void;
}

function Removal({ reasons, onRemove }: RemovalProps) {
  if (reasons.length > 0) {
    return (
      <p className={styles.readOnly}>
        <TriangleAlert size={14} aria-hidden="true" /> Read only: {reasons.join(' ')}
      </p>
    );
  }
  return (
    <div className={styles.buttons}>
      <Button icon={<Trash2 size={15} />} onClick={() => onRemove(false)}>
        Remove…
      </Button>
      <Button variant="danger" onClick={() => onRemove(true)}>
        Force remove…
      </Button>
    </div>
  );
}
