import { FileSearch, Square } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { shortenDigest } from '../../src-shared/domain/digest.ts';
import { formatCount } from '../../src-shared/domain/format.ts';
import type { FoundPath } from '../../src-shared/domain/tree-entry.ts';
import { openImage } from '../app/navigation.ts';
import { SafeReference } from '../detail/safe-reference.tsx';
import { SafeText } from '../detail/safe-text.tsx';
import { FileIcon, TYPE_WORDS } from '../files/file-icon.tsx';
import { parseTypedPath, toPlainPath } from '../files/file-path.ts';
import { formatMode } from '../files/mode-string.ts';
import { Button, Bytes, CopyText, EmptyState, ErrorNotice, Notice, Progress } from '../ui/index.ts';
import styles from './search-view.module.css';
import { type PathSearch, usePathSearch } from './use-path-search.ts';

const EXAMPLES = ['/usr/bin/python3', '/etc/os-release', '/app'];

/** Which images contain a path, in which layer, and how large it is there. */
export function SearchView() {
  const { search, start, stop } = usePathSearch();
  const [typed, setTyped] = useState('');
  const isRunning = search.state === 'running';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const path = parseTypedPath(typed);
    if (path !== null) start(path);
  };
  return (
    <div className={styles.view}>
      <header>
        <h2 className={styles.title}>Find a file</h2>
        <p className={styles.subtitle}>
          Looks a path up in every cached image, as a sandbox would see it. Nothing is unpacked.
        </p>
      </header>
      <search>
        <form className={styles.form} onSubmit={submit}>
          <input
            className={styles.input}
            type="text"
            aria-label="Path inside the images"
            placeholder="/usr/bin/python3"
            spellCheck={false}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          {isRunning ? (
            <Button icon={<Square size={13} />} onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button variant="primary" type="submit" disabled={parseTypedPath(typed) === null}>
              Find
            </Button>
          )}
        </form>
      </search>
      {isRunning && (
        <Progress
          label="Looking into the layers"
          done={search.doneLayers}
          total={search.totalLayers}
          valueText={`${formatCount(search.doneLayers)} of ${formatCount(search.totalLayers)} layers`}
        />
      )}
      {search.error !== null && <ErrorNotice error={search.error} />}
      {search.unreadableLayers.length > 0 && (
        <Notice
          kind="warning"
          title={`${formatCount(search.unreadableLayers.length)} layers could not be read.`}
        >
          The path may be in them as well. Pulling their images again brings them back.
        </Notice>
      )}
      <Outcome
        search={search}
        onExample={(path) => {
          setTyped(path);
          start(path);
        }}
      />
    </div>
  );
}

function Outcome({
  search,
  onExample,
}: {
  readonly search: PathSearch;
  readonly onExample: (path: string) => void;
}) {
  if (search.found.length > 0) return <FoundTable path={search.path} found={search.found} />;
  if (search.state === 'idle') {
    return (
      <div className={styles.fill}>
        <EmptyState icon={<FileSearch size={22} />} title="What is this in my cache?">
          <span className={styles.examples}>
            {EXAMPLES.map((path) => (
              <Button key={path} size="small" onClick={() => onExample(path)}>
                {path}
              </Button>
            ))}
          </span>
        </EmptyState>
      </div>
    );
  }
  if (search.state === 'running' || search.error !== null) return null;
  return (
    <div className={styles.fill}>
      <EmptyState icon={<FileSearch size={22} />} title="No image contains it">
        <SafeText text={toPlainPath(search.path)} className={styles.mono} />
      </EmptyState>
    </div>
  );
}

function FoundTable({ path, found }: { readonly path: string; readonly found: readonly FoundPath[] }) {
  return (
    <div className={styles.results}>
      <table className={styles.table}>
        <caption className={styles.caption}>
          <SafeText text={toPlainPath(path)} className={styles.mono} /> is in {formatCount(found.length)}{' '}
          {found.length === 1 ? 'image' : 'images'}
        </caption>
        <thead>
          <tr>
            <th scope="col">Image</th>
            <th scope="col">Kind</th>
            <th scope="col">Mode</th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col">Layer</th>
          </tr>
        </thead>
        <tbody>
          {found.map((hit) => (
            <FoundRow key={hit.manifestDigest} hit={hit} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FoundRow({ hit }: { readonly hit: FoundPath }) {
  const { entry, references, diffId, position } = hit;
  return (
    <tr>
      <td>
        <ul className={styles.references}>
          {references.map((reference) => (
            <li key={reference}>
              <button type="button" className={styles.link} onClick={() => openImage(reference)}>
                <SafeReference reference={reference} />
              </button>
            </li>
          ))}
        </ul>
      </td>
      <td>
        <span className={styles.kind}>
          <FileIcon entry={entry} />
          {TYPE_WORDS[entry.type]}
        </span>
        {entry.target !== null && (
          <span className={styles.target}>
            → <SafeText text={entry.target} />
          </span>
        )}
      </td>
      <td className={styles.mode}>{formatMode(entry.mode)}</td>
      <td className={styles.number}>{entry.type === 'regular' ? <Bytes value={entry.sizeBytes} /> : '—'}</td>
      <td>
        <span className={styles.layer}>
          {position}
          <CopyText text={diffId} shown={shortenDigest(diffId, 8, 6)} what="diff ID" />
        </span>
      </td>
    </tr>
  );
}
