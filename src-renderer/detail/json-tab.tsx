import { useVirtualizer } from '@tanstack/react-virtual';
import { WrapText } from 'lucide-react';
import { type CSSProperties, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import type { ImageInspection } from '../../src-shared/domain/image.ts';
import { classNames, EmptyState, FilterChip, HiddenLegend, IconButton } from '../ui/index.ts';
import { CopyButton } from './copy-button.tsx';
import { layOutJson, tokeniseLine } from './json-lines.ts';
import styles from './json-tab.module.css';
import { SafeText } from './safe-text.tsx';

/** Characters of one line drawn at first; copying takes the whole. */
const LINE_LIMIT = 2_000;
const LINE_HEIGHT = 18;

type Source = 'config' | 'manifest' | 'inspection';

const SOURCES: readonly { readonly source: Source; readonly label: string }[] = [
  { source: 'config', label: 'Config' },
  { source: 'manifest', label: 'Manifest' },
  { source: 'inspection', label: 'Inspection' },
];

/** The raw documents of an image, laid out and coloured. */
export function JsonTab({ inspection }: { readonly inspection: ImageInspection }) {
  const [source, setSource] = useState<Source>('config');
  const [wraps, setWraps] = useState(true);
  const text = useMemo(() => textOf(inspection, source), [inspection, source]);
  return (
    <div className={styles.tab}>
      <div className={styles.bar}>
        <fieldset className={styles.sources}>
          <HiddenLegend>Document</HiddenLegend>
          {SOURCES.map((choice) => (
            <FilterChip
              key={choice.source}
              label={choice.label}
              isOn={choice.source === source}
              onToggle={() => setSource(choice.source)}
            />
          ))}
        </fieldset>
        <IconButton
          label="Wrap long lines"
          size="small"
          aria-pressed={wraps}
          icon={<WrapText size={15} />}
          onClick={() => setWraps(!wraps)}
        />
        {text !== null && <CopyButton text={text} what={`${source} JSON`} />}
      </div>
      {text === null ? (
        <EmptyState title="Not in the cache">
          The cached metadata of this image is missing, and with it the {source} JSON. Pull the image again to
          have it.
        </EmptyState>
      ) : (
        <JsonText key={`${source} ${wraps}`} text={text} wraps={wraps} label={`${source} JSON`} />
      )}
    </div>
  );
}

function textOf(inspection: ImageInspection, source: Source): string | null {
  if (source === 'config') return inspection.rawConfigJson;
  if (source === 'manifest') return inspection.rawManifestJson;
  const { rawConfigJson: _config, rawManifestJson: _manifest, ...rest } = inspection;
  return JSON.stringify(rest, null, 2);
}

interface JsonTextProps {
  readonly text: string;
  readonly wraps: boolean;
  readonly label: string;
}

function JsonText({ text, wraps, label }: JsonTextProps) {
  const { lines, isJson } = useMemo(() => layOutJson(text), [text]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 30,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section ref={scroller} className={styles.scroller} aria-label={label} tabIndex={0}>
      {!isJson && <p className={styles.broken}>This is not valid JSON; shown as it is stored.</p>}
      <div className={styles.canvas} style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${virtual.getVirtualItems()[0]?.start ?? 0}px)` }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              ref={wraps ? virtual.measureElement : undefined}
              data-index={item.index}
              className={classNames(styles.line, wraps && styles.wrapped)}
              style={{ '--indent': countIndent(lines[item.index]!) } as CSSProperties}
            >
              <JsonLine line={lines[item.index]!.trimStart()} />
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}

function JsonLine({ line }: { readonly line: string }) {
  const rest = line.length - LINE_LIMIT;
  return (
    <>
      {tokeniseLine(line.slice(0, LINE_LIMIT)).map((token, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have no identity but their place.
        <SafeText key={index} text={token.text} className={styles[token.kind]} />
      ))}
      {rest > 0 && (
        <span className={styles.cut}> … {formatCount(rest)} more characters: copy to see them</span>
      )}
    </>
  );
}

function countIndent(line: string): number {
  return line.length - line.trimStart().length;
}
