import { formatAge, formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import { openImage, showView } from '../app/navigation.ts';
import { useNow } from '../app/use-now.ts';
import { ImpactWords } from '../detail/impact.tsx';
import { SafeReference } from '../detail/safe-reference.tsx';
import { Field, Fields, Section } from '../detail/section.tsx';
import { shortenName } from '../detail/short-name.ts';
import { formatExactTime } from '../detail/time.ts';
import { toVisible } from '../detail/visible-text.ts';
import { reclaimChoice } from '../reclaim/reclaim-settings.ts';
import { Button, CopyText, Dialog, LinkButton } from '../ui/index.ts';
import styles from './file-dialog.module.css';
import type { MapFile } from './map-tree.ts';
import { kindOfFile, whatBecomesOf } from './map-words.ts';

export interface FileDialogProps {
  /** Null shows nothing. */
  readonly file: MapFile | null;
  readonly onClose: () => void;
}

/** A file of the cache that is neither an image nor a layer: what it is, what it occupies, and what becomes of it. */
export function FileDialog({ file, onClose }: FileDialogProps) {
  return (
    <Dialog
      isOpen={file !== null}
      onClose={onClose}
      title={file === null ? '' : kindOfFile(file)}
      description={file === null ? '' : whatBecomesOf(file)}
      width={560}
      actions={file !== null && <Actions file={file} onClose={onClose} />}
    >
      {file !== null && <Facts file={file} onClose={onClose} />}
    </Dialog>
  );
}

function Actions({ file, onClose }: { readonly file: MapFile; readonly onClose: () => void }) {
  const shell = window.strata?.shell;
  return (
    <>
      {shell !== undefined && (
        <Button onClick={() => void shell.reveal({ kind: 'cache-file', path: file.path })}>
          Show in file manager
        </Button>
      )}
      {file.category === 'garbage' && (
        <Button
          onClick={() => {
            reclaimChoice.set('gc');
            showView('reclaim');
          }}
        >
          Show in Reclaim
        </Button>
      )}
      <Button onClick={onClose}>Close</Button>
    </>
  );
}

function Facts({ file, onClose }: { readonly file: MapFile; readonly onClose: () => void }) {
  const nowMs = useNow();
  const flatDisk = file.category === 'flat' ? file.flatDisk : null;
  return (
    <>
      <Fields>
        <Field label={file.category === 'garbage' ? 'Name' : 'Path'}>
          <CopyText text={file.path} shown={shortenName(file.path)} what="path" className={styles.path} />
        </Field>
        {file.category === 'garbage' && <Field label="Why">{toVisible(file.reason)}</Field>}
        <Field label="On disk">{exactly(file.allocatedBytes)}</Field>
        {file.category !== 'garbage' && (
          <>
            <Field label="Length">{exactly(file.logicalBytes)}</Field>
            <Field label="Changed">
              {formatAge(file.modifiedAt, nowMs)}, {formatExactTime(file.modifiedAt)}
            </Field>
          </>
        )}
      </Fields>
      {flatDisk !== null && (
        <>
          {flatDisk.references.length > 0 && (
            <Section title="Images it was made for">
              <ul className={styles.images}>
                {flatDisk.references.map((reference) => (
                  <li key={reference}>
                    <LinkButton
                      onClick={() => {
                        onClose();
                        openImage(reference);
                      }}
                    >
                      <SafeReference reference={reference} />
                    </LinkButton>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          <Section title="If it is removed">
            <ImpactWords of={{ artifactDigest: flatDisk.artifactDigest }} />
          </Section>
        </>
      )}
    </>
  );
}

function exactly(bytes: number): string {
  return `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`;
}
