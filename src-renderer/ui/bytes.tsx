import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';

export interface BytesProps {
  /** Null shows a dash. */
  readonly value: number | null;
  readonly className?: string | undefined;
}

/** A size in three digits; the exact count on hover. */
export function Bytes({ value, className }: BytesProps) {
  return (
    <span className={className} title={value === null ? undefined : `${formatCount(value)} bytes`}>
      {formatBytes(value)}
    </span>
  );
}
