import { templateCache } from './caches.ts';
import { measure } from './processes.ts';
import { median, type Report } from './report.ts';
import type { Scale } from './scale.ts';

const MOST_GROWTH = 1.5;

/** Time per image as the cache grows: the list, and the facts of all images, after a row changed. */
export async function measureGrowth(report: Report, { isQuick, rounds }: Scale): Promise<void> {
  const sizes = isQuick ? [250, 1000] : [1000, 10_000, 50_000];
  for (const task of ['list', 'inventory'] as const) {
    const perImage: Record<string, number> = {};
    for (const images of sizes) {
      const { home, references } = await templateCache(images, 'layers');
      const ms: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const some = references.slice(0, 1);
        const measured = await measure('ours', { task, home, references: some, repeats: 4 });
        ms.push(...(task === 'list' ? measured.ms : [measured.facts!.factsAfterMs!]));
      }
      perImage[`${images}`] = median(ms) / images;
    }
    const values = Object.values(perImage);
    const growth = values.at(-1)! / values[0]!;
    const isReached = growth <= MOST_GROWTH;
    const goal = { text: `grows by ${growth.toFixed(2)}, at most ${MOST_GROWTH}`, isReached };
    report.add({
      what: `${task === 'list' ? 'list' : 'facts'} per image`,
      unit: 'ms',
      values: perImage,
      goals: [goal],
    });
  }
}
