import { templateCache } from './caches.ts';
import { measure, measureMsb } from './processes.ts';
import { atLeast, median, type Report, within } from './report.ts';
import type { Scale } from './scale.ts';
import type { Measured } from './subjects/job.ts';

const MEGABYTE = 1_000_000;
const MOST_AFTER_CHANGE_MS = 10;
/** As many as there are turns, those to warm up included: each image is inspected once. */
const INSPECTED = 240;
/** As many as there are turns to warm up: each image that is measured was inspected before. */
const AGAIN = 40;

/** Listing and inspecting on one cache that nobody changes, and the whole inventory. */
export async function measureReading(report: Report, { images, rounds }: Scale): Promise<void> {
  const { home, references } = await templateCache(images, 'all');
  const some = references.filter((_, index) => index % Math.floor(references.length / INSPECTED) === 0);
  const list = new Series();
  const listAgain = new Series();
  const inspect = new Series();
  const again = new Series();
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of ['ours', 'sdk', 'raw'] as const) {
      list.add(subject, await measure(subject, { task: 'list', home, references: some.slice(0, 1) }));
      listAgain.add(subject, await measure(subject, { task: 'list-again', home }));
      const job = { task: 'inspect', home, references: some, repeats: 200 } as const;
      inspect.add(subject, await measure(subject, job));
      again.add(subject, await measure(subject, { ...job, references: some.slice(0, AGAIN) }));
    }
    list.add('msb', await measureMsb(home, ['image', 'ls', '--format', 'json']));
    inspect.add('msb', await measureMsb(home, ['image', 'inspect', some[0]!]));
  }
  const [listed, inspected, repeated] = [list.medians(), inspect.medians(), again.medians()];
  report.add({
    what: `list of ${images} images, after a row changed (ours, raw)`,
    unit: 'ms',
    values: listed,
    goals: [
      atLeast(8, listed.ours!, listed.sdk!, 'the SDK'),
      within(1.5, listed.ours!, listed.raw!, 'the raw rows'),
    ],
  });
  const listedAgain = listAgain.medians();
  report.add({
    what: `list of ${images} images again, nothing changed`,
    unit: 'ms',
    values: listedAgain,
    goals: [
      atLeast(8, listedAgain.ours!, listedAgain.sdk!, 'the SDK'),
      within(1.5, listedAgain.ours!, listedAgain.raw!, 'the raw rows'),
    ],
  });
  report.add({
    what: 'inspect, an image not looked at before',
    unit: 'ms',
    values: inspected,
    goals: [
      atLeast(5, inspected.ours!, inspected.msb!, 'msb'),
      atLeast(5, inspected.ours!, inspected.sdk!, 'the SDK'),
    ],
  });
  report.add({
    what: 'inspect again',
    unit: 'ms',
    values: repeated,
    goals: [atLeast(5, repeated.ours!, repeated.sdk!, 'the SDK')],
  });
  const { peakBytes } = await measure('raw', { task: 'idle', home });
  const idle = (peakBytes ?? 0) / MEGABYTE;
  reportPeaks(report, 'of fifteen lists, each after a row changed (ours, raw)', { ...list.peaks(), idle });
  const msb = list.peaks().msb!;
  reportPeaks(report, 'of fifteen lists, nothing changed between', { ...listAgain.peaks(), msb, idle });
  await measureInventory(report, images, rounds);
}

/** `idle` is Node with the SQLite driver. */
function reportPeaks(report: Report, what: string, peaks: Readonly<Record<string, number>>): void {
  report.add({
    what: `peak memory ${what}`,
    unit: 'MB',
    values: peaks,
    goals: [
      within(1, peaks.ours!, peaks.msb!, "msb's"),
      within(1, peaks.ours! - peaks.idle!, peaks.msb!, "msb's, above an idle process"),
    ],
  });
}

/** Rows, files, allocated sizes and holders, from nothing known; then again with all of it known. */
async function measureInventory(report: Report, images: number, rounds: number): Promise<void> {
  const { home, references } = await templateCache(images, 'layers');
  const cold: number[] = [];
  const usage: number[] = [];
  const again: number[] = [];
  const changed: number[] = [];
  const touched: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const job = { task: 'inventory', home, references: references.slice(0, 1), repeats: 6 } as const;
    const { ms, facts } = await measure('ours', job);
    cold.push(...ms);
    usage.push(facts!.usageMs!);
    again.push(facts!.factsMs!);
    changed.push(facts!.changedMs!);
    touched.push(facts!.touchedMs!);
  }
  const firstMs = median(cold);
  report.add({
    what: `inventory of ${images} images and their layer files`,
    unit: 'ms',
    values: {
      ours: firstMs,
      'facts again': median(again),
      'usage again': median(usage),
      'after a file came or went': median(changed),
      'after a row changed': median(touched),
    },
    goals: [
      { text: 'under a second from nothing', isReached: firstMs < 1000 },
      { text: 'milliseconds after a file came', isReached: median(changed) < MOST_AFTER_CHANGE_MS },
      { text: 'milliseconds after a row changed', isReached: median(touched) < MOST_AFTER_CHANGE_MS },
    ],
  });
}

class Series {
  readonly #ms = new Map<string, number[]>();
  readonly #peaks = new Map<string, number[]>();

  add(subject: string, { ms, peakBytes }: Measured): void {
    this.#ms.set(subject, [...(this.#ms.get(subject) ?? []), ...ms]);
    const peaks = this.#peaks.get(subject) ?? [];
    this.#peaks.set(subject, peakBytes === null ? peaks : [...peaks, peakBytes / MEGABYTE]);
  }

  medians(): Readonly<Record<string, number>> {
    return mediansOf(this.#ms);
  }

  peaks(): Readonly<Record<string, number>> {
    return mediansOf(this.#peaks);
  }
}

function mediansOf(values: ReadonlyMap<string, readonly number[]>): Readonly<Record<string, number>> {
  return Object.fromEntries([...values].map(([subject, ms]) => [subject, median(ms)]));
}
