import { ChevronRight, FolderTree, TriangleAlert } from 'lucide-react';
import { type CSSProperties, useId } from 'react';
import { shortenDigest } from '../../src-shared/domain/digest.ts';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { HistoryEntry } from '../../src-shared/domain/image.ts';
import type { ImageLayer, LayerState } from '../../src-shared/domain/layer.ts';
import { Button, CopyText, classNames, Tooltip } from '../ui/index.ts';
import { shortenCommand } from './build-steps.ts';
import { CopyButton } from './copy-button.tsx';
import { countOf } from './count-words.ts';
import { MediaType, SafeBlock, SafeText } from './safe-text.tsx';
import { Field, Fields } from './section.tsx';
import styles from './stratum.module.css';
import { formatExactTime } from './time.ts';
import { toVisible } from './visible-text.ts';

/** Names a tooltip lists before it counts the rest. */
const MOST_NAMES = 12;

export interface StratumProps {
  readonly layer: ImageLayer;
  readonly history: HistoryEntry | null;
  /** Pixels. */
  readonly thickness: number;
  readonly isOpen: boolean;
  readonly isTabStop: boolean;
  readonly onFocus: () => void;
  readonly onToggle: () => void;
  readonly onOpenReference: (reference: string) => void;
  readonly onShowFiles: () => void;
}

/** One layer: a block as thick as it is large, what built it, and on demand everything known of it. */
export function Stratum(props: StratumProps) {
  const { layer, history, thickness, isOpen, isTabStop } = props;
  const panel = useId();
  const command = layer.createdBy ?? history?.createdBy ?? null;
  return (
    <li className={styles.stratum}>
      <button
        type="button"
        data-stratum=""
        className={styles.head}
        tabIndex={isTabStop ? 0 : -1}
        aria-expanded={isOpen}
        aria-controls={isOpen ? panel : undefined}
        onFocus={props.onFocus}
        onClick={props.onToggle}
      >
        <span
          className={classNames(styles.block, styles[toneOf(layer)])}
          style={{ '--thickness': `${thickness}px` } as CSSProperties}
          aria-hidden="true"
        />
        <span className={styles.command}>
          {command === null ? (
            <span className={styles.unknown}>Layer {layer.position}</span>
          ) : (
            <SafeText text={shortenCommand(command)} />
          )}
        </span>
        <span className={styles.size}>
          {layer.state.kind === 'missing' ? '—' : formatBytes(layer.allocatedSizeBytes)}
        </span>
        <span className={styles.below}>
          <span className={styles.digest}>
            {layer.diffId.slice(layer.diffId.indexOf(':') + 1).slice(0, 12)}
          </span>
          <Standing layer={layer} />
        </span>
        <span className={styles.compressed}>
          {layer.compressedSizeBytes === null ? '' : `${formatBytes(layer.compressedSizeBytes)} compressed`}
        </span>
        <ChevronRight size={13} className={styles.chevron} aria-hidden="true" />
      </button>
      {isOpen && (
        <div id={panel} className={styles.panel}>
          <Details {...props} command={command} />
        </div>
      )}
    </li>
  );
}

function toneOf(layer: ImageLayer): 'damaged' | 'own' | 'shared' {
  if (layer.state.kind !== 'materialized') return 'damaged';
  return layer.sharedWith.length === 0 ? 'own' : 'shared';
}

function Standing({ layer }: { readonly layer: ImageLayer }) {
  if (layer.state.kind !== 'materialized') {
    return (
      <span className={styles.fault}>
        <TriangleAlert size={12} aria-hidden="true" /> {nameState(layer.state)}
      </span>
    );
  }
  const count = layer.sharedWith.length;
  if (count === 0) return <span>only this image</span>;
  const names = layer.sharedWith.slice(0, MOST_NAMES).map(toVisible);
  if (count > MOST_NAMES) names.push(`and ${formatCount(count - MOST_NAMES)} more`);
  return (
    <Tooltip content={names.join('\n')}>
      <span>shared with {countOf(count, 'image')}</span>
    </Tooltip>
  );
}

function nameState(state: LayerState): string {
  switch (state.kind) {
    case 'materialized':
      return 'on disk';
    case 'missing':
      return 'file missing';
    case 'truncated':
      return `cut short at ${formatBytes(state.lengthBytes)}`;
    case 'unreadable':
      return 'not readable';
  }
}

function Details({
  layer,
  history,
  command,
  onOpenReference,
  onShowFiles,
}: StratumProps & { readonly command: string | null }) {
  return (
    <>
      {command !== null && (
        <div className={styles.full}>
          <SafeBlock text={command} />
          <CopyButton text={command} what="build command" />
        </div>
      )}
      <Fields>
        <Field label="Position">
          {layer.position}
          {layer.position === 0 && ' (the base)'}
        </Field>
        {history?.created != null && <Field label="Built">{formatExactTime(history.created)}</Field>}
        {history?.author != null && (
          <Field label="Author">
            <SafeText text={history.author} />
          </Field>
        )}
        {history?.comment != null && (
          <Field label="Comment">
            <SafeText text={history.comment} />
          </Field>
        )}
        <Field label="Diff ID">
          <CopyText text={layer.diffId} shown={shortenDigest(layer.diffId, 8, 6)} what="diff ID" />
        </Field>
        <Field label="Blob digest">
          <CopyText
            text={layer.blobDigest}
            shown={shortenDigest(layer.blobDigest, 8, 6)}
            what="blob digest"
          />
        </Field>
        <Field label="Media type">
          {layer.mediaType === null ? (
            <span className={styles.unknown}>unknown</span>
          ) : (
            <MediaType text={layer.mediaType} className={styles.mono} />
          )}
        </Field>
        <Field label="On disk">{exactBytes(layer.allocatedSizeBytes)}</Field>
        <Field label="EROFS file">
          {layer.erofsSizeBytes === null ? 'missing' : exactBytes(layer.erofsSizeBytes)}
        </Field>
        <Field label="Compressed">
          {layer.compressedSizeBytes === null ? (
            <span className={styles.unknown}>unknown</span>
          ) : (
            exactBytes(layer.compressedSizeBytes)
          )}
        </Field>
        <Field label="State">
          {layer.state.kind === 'materialized' ? (
            'whole'
          ) : (
            <span className={styles.fault}>
              {nameState(layer.state)}
              {layer.state.kind === 'unreadable' && `: ${layer.state.detail}`}
            </span>
          )}
        </Field>
        <Field label="Shared with">
          <Sharers references={layer.sharedWith} onOpenReference={onOpenReference} />
        </Field>
      </Fields>
      <Button
        size="small"
        icon={<FolderTree size={14} />}
        disabled={layer.state.kind === 'missing'}
        onClick={onShowFiles}
      >
        Files of this layer
      </Button>
    </>
  );
}

interface SharersProps {
  readonly references: readonly string[];
  readonly onOpenReference: (reference: string) => void;
}

function Sharers({ references, onOpenReference }: SharersProps) {
  if (references.length === 0) return 'no other image';
  return (
    <ul className={styles.sharers}>
      {references.slice(0, 100).map((reference) => (
        <li key={reference}>
          <button type="button" className={styles.link} onClick={() => onOpenReference(reference)}>
            <SafeText text={reference} />
          </button>
        </li>
      ))}
      {references.length > 100 && <li>and {formatCount(references.length - 100)} more</li>}
    </ul>
  );
}

function exactBytes(bytes: number): string {
  return `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`;
}
