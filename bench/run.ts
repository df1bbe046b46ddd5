import { parseArgs } from 'node:util';
import { measureEventLoop } from './event-loop.ts';
import { measureGrowth } from './growth.ts';
import { measureLive } from './live.ts';
import { measureReading } from './reading.ts';
import { measureRemoving } from './removing.ts';
import { Report } from './report.ts';
import { measureWindow } from './window.ts';

// `npm run bench`: makes its caches, measures us and the peers in turn on copies of them, prints medians and ratios.
// `--quick` stays at 1,000 images; `--only reading,removing,…` runs these parts; the window and live need `npm run build`.

const PARTS = {
  reading: measureReading,
  removing: measureRemoving,
  growth: measureGrowth,
  'event-loop': measureEventLoop,
  window: measureWindow,
  live: measureLive,
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(PARTS).join(',') },
    rounds: { type: 'string', default: '3' },
  },
});
const chosen = new Set(values.only.split(','));
const report = new Report();
const scale = { images: values.quick ? 1000 : 10_000, isQuick: values.quick, rounds: Number(values.rounds) };
for (const [name, part] of Object.entries(PARTS)) {
  if (!chosen.has(name)) continue;
  process.stdout.write(`\n${name}\n`);
  await part(report, scale);
}
const file = report.save(values.quick ? 'quick' : 'full');
process.stdout.write(`\nWritten to ${file}\n`);
