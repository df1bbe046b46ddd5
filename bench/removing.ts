import { templateCache, withCopy } from './caches.ts';
import { measure, measureMsb } from './processes.ts';
import { atLeast, median, type Report, type Row, within } from './report.ts';
import type { Scale } from './scale.ts';
import type { Measured } from './subjects/job.ts';

type Template = Awaited<ReturnType<typeof templateCache>>;

const CHOSEN = 100;

/** Everything pruned where rows dominate and where files do, and a hundred images chosen; each on a fresh copy. */
export async function measureRemoving(report: Report, { images, rounds }: Scale): Promise<void> {
  await measurePrune(report, rounds, await templateCache(images, 'layers'), {
    what: `prune of ${images} images, one file a layer`,
    timesMsb: 8,
  });
  const whole = await templateCache(images, 'all');
  await measurePrune(report, rounds, whole, {
    what: `prune of ${images} images with all their files`,
    timesMsb: 2.3,
  });
  await measureChosen(report, rounds, whole, images);
}

async function measurePrune(
  report: Report,
  rounds: number,
  template: Template,
  { what, timesMsb }: { readonly what: string; readonly timesMsb: number },
): Promise<void> {
  const values = await inTurn(rounds, template, {
    ours: (home) => measure('ours', { task: 'prune', home }),
    'ours-cold': (home) => measure('ours', { task: 'prune-cold', home }),
    raw: (home) => measure('raw', { task: 'prune', home }),
    msb: (home) => measureMsb(home, ['image', 'prune', '--yes']),
    sdk: (home) => measure('sdk', { task: 'prune', home }),
  });
  report.add({ what, unit: 'ms', values, goals: goalsOf(values, timesMsb) });
}

function goalsOf(values: Readonly<Record<string, number>>, timesMsb: number): NonNullable<Row['goals']> {
  return [
    atLeast(timesMsb, values.ours!, values.msb!, 'msb image prune'),
    within(1.2, values.ours!, values.raw!, 'raw SQL plus unlink of the same files'),
  ];
}

async function measureChosen(
  report: Report,
  rounds: number,
  template: Template,
  images: number,
): Promise<void> {
  const { references } = template;
  const chosen = references.filter((_, index) => index % Math.ceil(references.length / CHOSEN) === 0);
  const values = await inTurn(rounds, template, {
    ours: (home) => measure('ours', { task: 'remove', home, references: chosen }),
    msb: (home) => measureMsb(home, ['image', 'rm', ...chosen]),
    sdk: (home) => measure('sdk', { task: 'remove', home, references: chosen }),
  });
  report.add({
    what: `removal of ${chosen.length} images among ${images}`,
    unit: 'ms',
    values,
    goals: [atLeast(3, values.ours!, values.msb!, 'one msb image rm')],
  });
}

async function inTurn(
  rounds: number,
  template: Template,
  subjects: Readonly<Record<string, (home: string) => Promise<Measured>>>,
): Promise<Readonly<Record<string, number>>> {
  const ms = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(subjects)) {
      const measured = await withCopy(template, work);
      ms.set(name, [...(ms.get(name) ?? []), ...measured.ms]);
    }
  }
  return Object.fromEntries([...ms].map(([name, values]) => [name, median(values)]));
}
