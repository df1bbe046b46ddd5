import { type FormEvent, useId, useRef, useState } from 'react';
import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { Button, Dialog, ErrorNotice } from '../ui/index.ts';
import { useHomeActions } from './home-actions.ts';
import styles from './open-home-dialog.module.css';

export interface OpenHomeDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks for the path of another home where no native chooser is to be had: in a browser. */
export function OpenHomeDialog({ isOpen, onClose }: OpenHomeDialogProps) {
  const actions = useHomeActions();
  const [path, setPath] = useState('');
  const [error, setError] = useState<CacheError | null>(null);
  const [isOpening, setOpening] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();

  const close = () => {
    setError(null);
    onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() === '') return;
    setOpening(true);
    const failure = await actions.open(path.trim());
    setOpening(false);
    if (failure === null) {
      setPath('');
      close();
    } else setError(failure);
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title="Open another folder"
      description="A microsandbox home: the folder that holds db and cache, on the machine Strata runs on."
      initialFocus={input}
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form={`${id}-form`}
            disabled={path.trim() === '' || isOpening}
          >
            Open
          </Button>
        </>
      }
    >
      <form id={`${id}-form`} className={styles.form} onSubmit={(event) => void submit(event)}>
        <label className={styles.label} htmlFor={`${id}-path`}>
          Absolute path
        </label>
        <input
          ref={input}
          id={`${id}-path`}
          className={styles.input}
          value={path}
          placeholder="/home/you/.microsandbox"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setPath(event.target.value)}
        />
        {error !== null && <ErrorNotice error={error} />}
      </form>
    </Dialog>
  );
}
