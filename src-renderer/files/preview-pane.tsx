import { CornerDownRight, Download, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { useClient } from '../app/client-context.ts';
import { explainError } from '../app/error-text.ts';
import { CopyButton } from '../detail/copy-button.tsx';
import { SafeText } from '../detail/safe-text.tsx';
import { formatExactTime } from '../detail/time.ts';
import { announce, Button, IconButton, Notice } from '../ui/index.ts';
import { FileContents } from './file-contents.tsx';
import { FileIcon, TYPE_WORDS } from './file-icon.tsx';
import { parentOf, parseTypedPath, toPlainPath } from './file-path.ts';
import { formatMode, formatOctal } from './mode-string.ts';
import styles from './preview-pane.module.css';
import { canBeSaved, saveFile } from './save-file.ts';
import type { TreeSource } from './tree-source.ts';

export interface PreviewPaneProps {
  /** Where the contents are read. */
  readonly tree: TreeSource;
  readonly entry: TreeEntry;
  readonly onGoTo: (path: string) => void;
  readonly onClose: () => void;
}

/** One entry: what it is, and what is in it where that can be shown. */
export function PreviewPane({ tree, entry, onGoTo, onClose }: PreviewPaneProps) {
  const path = toPlainPath(entry.path);
  const isFile = entry.type === 'regular' && !entry.isWhiteout;
  return (
    <section className={styles.pane} aria-label={`Preview of ${entry.name}`}>
      <header className={styles.head}>
        <FileIcon entry={entry} className={styles.icon} />
        <span className={styles.path} title={path}>
          <SafeText text={path} />
        </span>
        <CopyButton text={path} what="path" />
        {canBeSaved(entry) && <SaveButton tree={tree} entry={entry} />}
        <IconButton label="Close the preview" size="small" icon={<X size={14} />} onClick={onClose} />
      </header>
      <p className={styles.facts} title={describeExactly(entry)}>
        {describe(entry)}
      </p>
      {entry.damage !== null && (
        <div className={styles.notice}>
          <Notice kind="danger" title="This entry is damaged">
            <p>{entry.damage}</p>
          </Notice>
        </div>
      )}
      {isFile && <FileContents tree={tree} entry={entry} />}
      {entry.type === 'symlink' && entry.target !== null && (
        <div className={styles.words}>
          <p>
            Points to <SafeText text={entry.target} className={styles.target} />
          </p>
          <Button
            size="small"
            icon={<CornerDownRight size={14} />}
            onClick={() => onGoTo(resolveTarget(entry.path, entry.target!))}
          >
            Go there
          </Button>
        </div>
      )}
      {entry.isWhiteout && (
        <p className={styles.words}>A whiteout: this layer removes what lower layers have under this name.</p>
      )}
      {entry.isOpaque && (
        <p className={styles.words}>An opaque folder: this layer hides everything lower layers have in it.</p>
      )}
    </section>
  );
}

/** The most telling first; the rest shows on hover. */
function describe(entry: TreeEntry): string {
  const facts = [
    entry.type === 'regular' ? formatBytes(entry.sizeBytes) : TYPE_WORDS[entry.type],
    formatOctal(entry.mode),
    `${entry.uid}:${entry.gid}`,
    ...(entry.device === null ? [] : [`device ${entry.device.major}, ${entry.device.minor}`]),
    ...(entry.linkCount > 1 && entry.type !== 'directory'
      ? [`${formatCount(entry.linkCount)} hard links`]
      : []),
    ...(entry.position === null ? [] : [`layer ${entry.position}`]),
    ...(entry.removedBy === undefined ? [] : [`removed by layer ${entry.removedBy}`]),
    ...((entry.hiddenBytes ?? 0) > 0 && entry.change !== 'removed'
      ? [`hides ${formatBytes(entry.hiddenBytes!)}`]
      : []),
    formatTime(entry.mtime).split(',')[0]!,
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}

function describeExactly(entry: TreeEntry): string {
  return [
    ...(entry.sizeBytes === null ? [] : [`${formatCount(entry.sizeBytes)} bytes`]),
    `mode ${formatMode(entry.mode)}`,
    `owner ${entry.uid}, group ${entry.gid}`,
    ...(formatTime(entry.mtime) === '' ? [] : [`changed ${formatTime(entry.mtime)}`]),
  ].join('\n');
}

/** Empty for times outside of what a date can be. */
function formatTime(mtime: number): string {
  const at = new Date(mtime * 1000);
  return Number.isNaN(at.getTime()) ? '' : formatExactTime(at.toJSON());
}

/** Where a link leads, by text alone: links on the way are not followed. */
function resolveTarget(path: string, target: string): string {
  return parseTypedPath(target.startsWith('/') ? target : `${parentOf(path)}/${target}`) ?? '/';
}

interface SaveButtonProps {
  readonly tree: TreeSource;
  readonly entry: TreeEntry;
}

function SaveButton({ tree, entry }: SaveButtonProps) {
  const client = useClient();
  const [saved, setSaved] = useState<number | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  const save = async () => {
    const abort = new AbortController();
    controller.current = abort;
    setSaved(0);
    try {
      const result = await saveFile(client, tree, entry, abort.signal, setSaved);
      announce(result.ok ? `Saved ${entry.name}.` : `Not saved. ${explainError(result.error).title}`);
    } catch {
      announce('Stopped saving.');
    }
    setSaved(null);
  };
  if (saved !== null && entry.sizeBytes !== null) {
    const percent = entry.sizeBytes === 0 ? 100 : Math.floor((saved / entry.sizeBytes) * 100);
    return (
      <Button size="small" onClick={() => controller.current?.abort()}>
        Stop ({percent} %)
      </Button>
    );
  }
  return (
    <IconButton
      label="Save the file…"
      size="small"
      icon={<Download size={14} />}
      onClick={() => void save()}
    />
  );
}
