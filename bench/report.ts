import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: 'ms' | 'MB' | 'ratio' | '%';
  /** Median by subject. */
  readonly values: Readonly<Record<string, number>>;
  /** What the first subject should reach, in words, and whether it did. */
  readonly goals?: readonly { readonly text: string; readonly isReached: boolean }[];
}

export class Report {
  readonly #rows: Row[] = [];

  add(row: Row): void {
    this.#rows.push(row);
    const values = Object.entries(row.values).map(([name, value]) => `${name} ${round(value)}`);
    const goals = (row.goals ?? []).map(({ text, isReached }) => `${isReached ? 'yes' : 'NO'}: ${text}`);
    process.stdout.write(`${row.what} [${row.unit}]: ${values.join(', ')}\n`);
    for (const goal of goals) process.stdout.write(`    ${goal}\n`);
  }

  /** Answers the file. */
  save(name: string): string {
    const folder = fileURLToPath(new URL('./results/', import.meta.url));
    mkdirSync(folder, { recursive: true });
    const file = `${folder}${name}.json`;
    const machine = { processors: cpus().length, model: cpus()[0]?.model, load: loadavg() };
    const content = { date: new Date().toISOString(), node: process.version, machine, rows: this.#rows };
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
    return file;
  }
}

export function atLeast(
  times: number,
  ours: number,
  theirs: number,
  whom: string,
): NonNullable<Row['goals']>[0] {
  const ratio = theirs / ours;
  return { text: `${round(ratio)} times as fast as ${whom}, at least ${times}`, isReached: ratio >= times };
}

export function within(
  factor: number,
  ours: number,
  bound: number,
  of: string,
): NonNullable<Row['goals']>[0] {
  const ratio = ours / bound;
  return { text: `${round(ratio)} times ${of}, at most ${factor}`, isReached: ratio <= factor };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
