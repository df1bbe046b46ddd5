import { invalidInput } from '../ipc/input-issues.ts';
import { failureLine } from '../ipc/lines.ts';

/** A request that is not let through: its status, and why, for the person who made it. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const LINES_TYPE = 'application/x-ndjson; charset=utf-8';

/** The body has the shape of every other answer: one line of a failed call. */
export function refusalBody({ message }: Refusal): string {
  return `${failureLine(invalidInput(message))}\n`;
}
