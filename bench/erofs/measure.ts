import { execFileSync, spawnSync } from 'node:child_process';

/** Milliseconds of each thing, measured in turns so that whatever else the machine does hits all of them. */
export async function sideBySide(
  rounds: number,
  things: Readonly<Record<string, () => unknown>>,
): Promise<Map<string, number[]>> {
  const times = new Map(Object.keys(things).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(things)) {
      const start = performance.now();
      await run();
      times.get(name)!.push(performance.now() - start);
    }
  }
  return times;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A table of medians; the last column says how many times as long as `reference` each takes. */
export function printTable(
  title: string,
  times: ReadonlyMap<string, readonly number[]>,
  reference: string,
): void {
  const base = median(times.get(reference)!);
  console.log(`\n${title}`);
  for (const [name, values] of times) {
    const middle = median(values);
    const range = `${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)}`;
    console.log(
      `  ${name.padEnd(38)} ${middle.toFixed(1).padStart(8)} ms  (${range})  x${(middle / base).toFixed(2)}`,
    );
  }
}

/** Runs a program to its end with its output thrown away. @throws Error when it fails. */
export function runProgram(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  if (error !== undefined || status !== 0) throw error ?? new Error(`${program} left with ${status}`);
}

export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--help'], { stdio: 'ignore' }).error === undefined;
}

const GNU_DD = 'dd';

/** Takes a file out of the page cache, as GNU dd does with `nocache`; the next reads come from the disk. */
export function dropFromPageCache(file: string): void {
  execFileSync(GNU_DD, [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}
