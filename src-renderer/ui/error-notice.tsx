import type { CacheError } from '../../src-shared/ipc/cache-error.ts';
import { explainError } from '../app/error-text.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface ErrorNoticeProps {
  readonly error: CacheError;
  /** Shows "Try again". */
  readonly onRetry?: (() => void) | undefined;
}

/** A failed call in words: what happened, to what, and the next step. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const { title, details, nextStep } = explainError(error);
  return (
    <Notice
      kind="danger"
      role="alert"
      title={title}
      actions={
        onRetry !== undefined && (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {details.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p>{nextStep}</p>
    </Notice>
  );
}
