import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import { useCall } from '../app/queries.ts';
import { SafeText } from '../detail/safe-text.tsx';
import { ErrorNotice, Spinner } from '../ui/index.ts';
import { decodeBase64 } from './base64.ts';
import styles from './file-contents.module.css';
import { judgeContent, type PictureType, PREVIEW_BYTES } from './file-preview.ts';
import { countHexLines, formatHexLine } from './hex-lines.ts';
import { splitLines } from './text-lines.ts';
import type { TreeSource } from './tree-source.ts';

const LINE_HEIGHT = 18;
/** Characters of one line that are drawn. */
const LINE_LIMIT = 2_000;

export interface FileContentsProps {
  readonly tree: TreeSource;
  readonly entry: TreeEntry;
}

/** The contents of a regular file as text, picture or hex, whichever they are. */
export function FileContents({ tree, entry }: FileContentsProps) {
  const start = useCall('files.read', { ...tree, path: entry.path, offset: 0, length: PREVIEW_BYTES });
  const bytes = useMemo(
    () => (start.data === undefined ? null : decodeBase64(start.data.base64)),
    [start.data],
  );
  const totalBytes = start.data?.totalBytes ?? 0;
  const preview = useMemo(
    () => (bytes === null ? null : judgeContent(bytes, totalBytes)),
    [bytes, totalBytes],
  );
  if (start.error !== null) {
    return (
      <div className={styles.message}>
        <ErrorNotice error={start.error.error} onRetry={() => void start.refetch()} />
      </div>
    );
  }
  if (bytes === null || preview === null) {
    return (
      <div className={styles.message}>
        <Spinner label="Reading the file" />
      </div>
    );
  }
  switch (preview.kind) {
    case 'empty':
      return <p className={styles.message}>The file is empty.</p>;
    case 'text':
      return (
        <TextLines text={preview.text} note={preview.isWhole ? null : cutNote(bytes.length, totalBytes)} />
      );
    case 'hex':
      return <HexLines bytes={bytes} note={preview.isWhole ? null : cutNote(bytes.length, totalBytes)} />;
    case 'picture':
      return <Picture tree={tree} entry={entry} type={preview.type} totalBytes={totalBytes} start={bytes} />;
  }
}

function cutNote(shown: number, total: number): string {
  return `The first ${formatBytes(shown)} of ${formatBytes(total)}. Save the file to see the rest.`;
}

interface LinesProps {
  readonly label: string;
  readonly count: number;
  readonly note: string | null;
  readonly line: (index: number) => ReactNode;
}

function Lines({ label, count, note, line }: LinesProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  });
  return (
    <>
      {note !== null && <p className={styles.note}>{note}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={scroller} className={styles.scroller} aria-label={label} tabIndex={0}>
        <div className={styles.canvas} style={{ height: virtual.getTotalSize() }}>
          <div style={{ transform: `translateY(${virtual.getVirtualItems()[0]?.start ?? 0}px)` }}>
            {virtual.getVirtualItems().map((item) => (
              <div key={item.key} className={styles.line}>
                {line(item.index)}
              </div>
            ))}
          </div>
        </div>
      </section>
    </>
  );
}

function TextLines({ text, note }: { readonly text: string; readonly note: string | null }) {
  const lines = useMemo(() => splitLines(text), [text]);
  return (
    <Lines
      label="Text of the file"
      count={lines.length}
      note={note}
      line={(index) => {
        const line = lines[index]!;
        return (
          <>
            <span className={styles.number} aria-hidden="true">
              {index + 1}
            </span>
            <SafeText text={line.slice(0, LINE_LIMIT)} />
            {line.length > LINE_LIMIT && <span className={styles.cut}> …</span>}
          </>
        );
      }}
    />
  );
}

function HexLines({ bytes, note }: { readonly bytes: Uint8Array; readonly note: string | null }) {
  return (
    <Lines
      label="Bytes of the file"
      count={countHexLines(bytes.length)}
      note={note}
      line={(index) => {
        const { offset, hex, ascii } = formatHexLine(bytes, index);
        return (
          <>
            <span className={styles.offset}>{offset}</span>
            <span>{hex}</span>
            <span className={styles.ascii}>{ascii}</span>
          </>
        );
      }}
    />
  );
}

interface PictureProps extends FileContentsProps {
  readonly type: PictureType;
  readonly totalBytes: number;
  /** The bytes read so far, from the beginning. */
  readonly start: Uint8Array<ArrayBuffer>;
}

/** The picture alone: from a blob, so that it can load nothing, and of types that run nothing. */
function Picture({ tree, entry, type, totalBytes, start }: PictureProps) {
  const isCut = start.length < totalBytes;
  const input = { ...tree, path: entry.path, offset: 0, length: totalBytes };
  const { data } = useCall('files.read', isCut ? input : null);
  const [url, setUrl] = useState<string | null>(null);
  const [isBroken, setBroken] = useState(false);
  const bytes = useMemo(
    () => (isCut ? (data === undefined ? null : decodeBase64(data.base64)) : start),
    [isCut, data, start],
  );
  useEffect(() => {
    if (bytes === null) return;
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  if (isBroken) return <HexLines bytes={start} note="This picture cannot be drawn; its bytes are below." />;
  return (
    <div className={styles.picture}>
      {url === null ? (
        <Spinner label="Reading the picture" />
      ) : (
        <img src={url} alt={entry.name} onError={() => setBroken(true)} />
      )}
    </div>
  );
}
