import { useState } from 'react';
import { formatCount } from '../../src-shared/domain/format.ts';
import type { ImageInspection } from '../../src-shared/domain/image.ts';
import { EmptyState, Notice } from '../ui/index.ts';
import {
  type ConfigField,
  filterPairs,
  listKnownFields,
  listRawFields,
  type Pair,
  sortLabels,
  splitEnv,
} from './config-fields.ts';
import styles from './config-tab.module.css';
import { CopyButton } from './copy-button.tsx';
import { FindBox } from './find-box.tsx';
import { SafeBlock, SafeText } from './safe-text.tsx';
import { Field, Fields, Section } from './section.tsx';
import { quoteWords } from './shell-words.ts';
import { toVisible } from './visible-text.ts';

/** Rows of a table shown before the rest has to be asked for. */
const FIRST_ROWS = 200;

/** Every field of an image's configuration, all of it as text. */
export function ConfigTab({ inspection }: { readonly inspection: ImageInspection }) {
  const { config, rawConfigJson } = inspection;
  const [needle, setNeedle] = useState('');
  if (config === null) {
    return (
      <EmptyState title="No configuration">
        Neither the database nor the cached metadata has the configuration of this image.
      </EmptyState>
    );
  }
  const env = splitEnv(config.env);
  const labels = sortLabels(config.labels);
  return (
    <div className={styles.tab}>
      <Section title="Runs">
        <FieldList fields={listKnownFields(config)} />
      </Section>
      {env.length + labels.length > 0 && (
        <FindBox label="Filter environment and labels" value={needle} onChange={setNeedle} />
      )}
      <PairTable title="Environment" noun="variable" pairs={env} needle={needle} />
      <PairTable title="Labels" noun="label" pairs={labels} needle={needle} />
      {rawConfigJson === null ? (
        <div className={styles.missing}>
          <Notice title="The raw config JSON is not in the cache">
            <p>
              So stop signal, ports, volumes, health check, shell, on-build steps, author and build date of
              this image are not known. Pull the image again to have them.
            </p>
          </Notice>
        </div>
      ) : (
        <Section title="More">
          <FieldList fields={listRawFields(config)} />
        </Section>
      )}
    </div>
  );
}

function FieldList({ fields }: { readonly fields: readonly ConfigField[] }) {
  return (
    <Fields>
      {fields.map((field) => (
        <Field key={field.label} label={field.label}>
          <FieldValue field={field} />
        </Field>
      ))}
    </Fields>
  );
}

function FieldValue({ field }: { readonly field: ConfigField }) {
  if (field.value === null) return <span className={styles.unset}>not set</span>;
  const copied = toCopied(field);
  return (
    <div className={styles.withCopy}>
      {field.kind === 'text' && (
        <div className={styles.code}>
          {field.value === '' ? (
            <span className={styles.unset}>empty</span>
          ) : (
            <SafeBlock text={field.value} />
          )}
        </div>
      )}
      {field.kind === 'words' && (
        <ol className={styles.words}>
          {field.value.length === 0 && <li className={styles.unset}>empty</li>}
          {field.value.map((word, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the words of a command are told apart by place only.
            <li key={index} className={styles.word}>
              <SafeBlock text={word} />
            </li>
          ))}
        </ol>
      )}
      {field.kind === 'list' && (
        <ul className={styles.code}>
          {field.value.length === 0 && <li className={styles.unset}>none</li>}
          {field.value.map((value) => (
            <li key={value}>
              <SafeBlock text={value} />
            </li>
          ))}
        </ul>
      )}
      {copied !== '' && <CopyButton text={copied} what={field.label.toLowerCase()} />}
    </div>
  );
}

function toCopied(field: ConfigField): string {
  if (field.value === null) return '';
  if (field.kind === 'text') return field.value;
  return field.kind === 'words' ? quoteWords(field.value) : field.value.join('\n');
}

interface PairTableProps {
  readonly title: string;
  readonly noun: string;
  readonly pairs: readonly Pair[];
  readonly needle: string;
}

function PairTable({ title, noun, pairs, needle }: PairTableProps) {
  const [limit, setLimit] = useState(FIRST_ROWS);
  const found = filterPairs(pairs, needle);
  const count =
    found.length === pairs.length ? formatCount(pairs.length) : `${found.length} of ${pairs.length}`;
  return (
    <Section title={title} aside={pairs.length > 0 && <span className={styles.count}>{count}</span>}>
      {pairs.length === 0 && <p className={styles.unset}>not set</p>}
      {pairs.length > 0 && found.length === 0 && <p className={styles.unset}>Nothing matches the filter.</p>}
      {found.length > 0 && (
        <table className={styles.table} aria-label={title}>
          <colgroup>
            <col className={styles.keyColumn} />
            <col />
            <col className={styles.copyColumn} />
          </colgroup>
          <thead className={styles.tableHead}>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
              <th scope="col">Copy</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, limit).map((pair, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an image may set one variable twice.
              <tr key={index}>
                <th scope="row" className={styles.key}>
                  <SafeText text={pair.key} />
                </th>
                <td className={styles.value}>
                  <PairValue pair={pair} />
                </td>
                <td className={styles.copy}>
                  {pair.value !== null && pair.value !== '' && (
                    <CopyButton
                      text={pair.value}
                      what={`value of ${noun} ${toVisible(pair.key.slice(0, 80))}`}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.length > limit && (
        <button type="button" className={styles.more} onClick={() => setLimit(limit * 4)}>
          Show more ({formatCount(found.length - limit)} left)
        </button>
      )}
    </Section>
  );
}

function PairValue({ pair }: { readonly pair: Pair }) {
  if (pair.value === null) return <span className={styles.unset}>no value</span>;
  if (pair.value === '') return <span className={styles.unset}>empty</span>;
  return <SafeBlock text={pair.value} />;
}
