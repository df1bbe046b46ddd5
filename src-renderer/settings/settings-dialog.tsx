import { type ReactNode, useId, useState } from 'react';
import { DEFAULT_SETTINGS, type Settings } from '../../src-shared/domain/settings.ts';
import { useCommand } from '../app/commands.ts';
import { createStore, useStore } from '../app/store.ts';
import { countOf } from '../detail/count-words.ts';
import { COLUMNS } from '../images/columns.ts';
import { useColumns } from '../images/use-columns.ts';
import { PinEditor } from '../reclaim/pin-editor.tsx';
import { pruneRule } from '../reclaim/reclaim-settings.ts';
import { Button, CopyText, Dialog, ErrorNotice, Notice, Option, Spinner } from '../ui/index.ts';
import { MinutesField } from './minutes-field.tsx';
import styles from './settings-dialog.module.css';
import { useChangeSettings, useKeptSettings } from './settings-store.ts';

const isOpen = createStore(false);

export function showSettings(): void {
  isOpen.set(true);
}

const YEAR_MINUTES = 525_600;

/** What a person can choose about Strata itself. Every change holds at once. */
export function SettingsDialog() {
  useCommand('show-settings', showSettings);
  const { state, error } = useKeptSettings();
  const [isPinning, setPinning] = useState(false);
  const isShown = useStore(isOpen);
  useCommand('edit-pins', () => setPinning(true));
  if (isPinning) return <PinEditor onClose={() => setPinning(false)} />;
  return (
    <Dialog
      isOpen={isShown}
      onClose={() => isOpen.set(false)}
      title="Settings"
      width={640}
      actions={<Button onClick={() => isOpen.set(false)}>Done</Button>}
    >
      {error !== null && <ErrorNotice error={error} />}
      {state === null ? (
        error === null && <Spinner label="Reading the settings" />
      ) : (
        <>
          {state.notices.length > 0 && (
            <Notice kind="warning" title="Part of the settings file could not be used">
              {state.notices.map((notice) => (
                <p key={notice}>{notice}</p>
              ))}
            </Notice>
          )}
          <Choices settings={state.settings} onPins={() => setPinning(true)} />
          <p className={styles.file}>
            Kept in <CopyText text={state.file} shown={state.file} what="path" />
          </p>
        </>
      )}
    </Dialog>
  );
}

interface ChoicesProps {
  readonly settings: Settings;
  readonly onPins: () => void;
}

function Choices({ settings, onPins }: ChoicesProps) {
  const change = useChangeSettings();
  const { pinned } = useStore(pruneRule);
  const silenced = Object.values(settings.confirmations).filter((isAsked) => !isAsked).length;
  return (
    <div className={styles.choices}>
      <Choice
        legend="Appearance"
        name="theme"
        value={settings.theme}
        options={[
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        onChange={(theme) => change({ theme })}
      />
      <Choice
        legend="Sizes"
        name="sizeUnits"
        value={settings.sizeUnits}
        options={[
          { value: 'decimal', label: 'Decimal: 1 GB is 1000 MB' },
          { value: 'binary', label: 'Binary: 1 GiB is 1024 MiB' },
        ]}
        onChange={(sizeUnits) => change({ sizeUnits })}
      />
      <Choice
        legend="Rows"
        name="density"
        value={settings.density}
        options={[
          { value: 'comfortable', label: 'Comfortable' },
          { value: 'compact', label: 'Compact: more of them on screen' },
        ]}
        onChange={(density) => change({ density })}
      />
      <ColumnChoice />
      <Line
        title="Undo removals"
        about="Removed files are set aside first and can be brought back. When the time has passed, Strata frees their space, as soon as it runs. Each removal offers to free it at once."
      >
        <Option
          type="checkbox"
          label="Undo removals"
          isChosen={settings.undoMinutes > 0}
          onChange={(isOn) => change({ undoMinutes: isOn ? DEFAULT_SETTINGS.undoMinutes : 0 })}
        >
          {settings.undoMinutes > 0 ? 'On' : 'Off'}
        </Option>
        {settings.undoMinutes > 0 && (
          <MinutesField
            label="Minutes a removal can be undone"
            value={settings.undoMinutes}
            least={1}
            most={YEAR_MINUTES}
            onChange={(undoMinutes) => change({ undoMinutes })}
          />
        )}
      </Line>
      <Line
        title="Grace period"
        about="A file no row knows counts as abandoned only when it is older than this."
      >
        <MinutesField
          label="Minutes before a file counts as abandoned"
          value={settings.graceMinutes}
          least={0}
          most={YEAR_MINUTES}
          onChange={(graceMinutes) => change({ graceMinutes })}
        />
      </Line>
      <Line
        title="Questions"
        about="What was answered with “do not ask again”. Removals show what goes before they start in any case."
      >
        <span>
          {silenced === 0
            ? 'Every question is asked.'
            : `${countOf(silenced, 'question')} not asked any more.`}
        </span>
        {silenced > 0 && (
          <Button size="small" onClick={() => change({ confirmations: {} })}>
            Ask them again
          </Button>
        )}
      </Line>
      <Line title="Pinned images" about="Pruning never takes them. Pins hold in every cache.">
        <Button size="small" onClick={onPins}>
          {pinned.length === 0 ? 'Choose…' : `${countOf(pinned.length, 'image')}…`}
        </Button>
      </Line>
    </div>
  );
}

function ColumnChoice() {
  const { chosen, setShown } = useColumns();
  return (
    <Line title="Columns" about="What the list of images shows beside the name, as far as there is room.">
      {COLUMNS.filter(({ name }) => name !== 'image').map(({ name, label }) => (
        <Option
          key={name}
          type="checkbox"
          isChosen={chosen.has(name)}
          onChange={(isShown) => setShown(name, isShown)}
        >
          {label}
        </Option>
      ))}
    </Line>
  );
}

interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({ legend, name, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <fieldset className={styles.line}>
      <legend className={styles.title}>{legend}</legend>
      <div className={styles.options}>
        {options.map((option) => (
          <Option
            key={option.value}
            type="radio"
            name={name}
            isChosen={option.value === value}
            onChange={() => onChange(option.value)}
          >
            {option.label}
          </Option>
        ))}
      </div>
    </fieldset>
  );
}

interface LineProps {
  readonly title: string;
  readonly about: string;
  readonly children: ReactNode;
}

function Line({ title, about, children }: LineProps) {
  const words = useId();
  return (
    <fieldset className={styles.line} aria-describedby={words}>
      <legend className={styles.title}>{title}</legend>
      <p id={words} className={styles.about}>
        {about}
      </p>
      <div className={styles.options}>{children}</div>
    </fieldset>
  );
}
