import type { HealthProgress, HealthReport, ImageHealth } from '../../../src-shared/domain/health.ts';
import { Pacer } from '../erofs/index.ts';
import { manifestsBeingPulled } from '../inventory/being-pulled.ts';
import type { Inventory, ReferenceNode } from '../inventory/inventory.ts';
import type { Session } from '../session.ts';
import { Findings } from './findings.ts';
import { checkImage } from './image-check.ts';

/**
 * Every image by what tells without reading it whole, giving way to other calls in between. What looks damaged
 * because the cache changed under the check is looked at again.
 *
 * @throws the signal's reason when aborted.
 */
export async function checkQuickly(
  session: Session,
  signal: AbortSignal,
  emit: (progress: HealthProgress) => void,
): Promise<HealthReport> {
  const startMs = performance.now();
  const inventory = session.inventory();
  const images = await checkAll(session, inventory, inventory.references, signal, emit);
  const now = session.inventory();
  const settled = now === inventory ? images : await lookAgain(session, now, images, signal);
  return { images: settled, unproven: UNPROVEN, tookMs: Math.round(performance.now() - startMs) };
}

const UNPROVEN = [
  'Whether file contents are intact: that takes the deep check of an image, and msb keeps no checksum of layer contents.',
];
const BEING_PULLED = 'msb is pulling it now: it can be checked when that has ended.';
/** Images between two words on how far it is. */
const TOLD_EVERY = 50;

async function checkAll(
  session: Session,
  inventory: Inventory,
  references: readonly ReferenceNode[],
  signal: AbortSignal,
  emit: (progress: HealthProgress) => void,
): Promise<readonly ImageHealth[]> {
  const pacer = new Pacer(signal);
  const pulled = manifestsBeingPulled(inventory);
  const images: ImageHealth[] = [];
  for (const [index, reference] of references.entries()) {
    if (index % TOLD_EVERY === 0)
      emit({ doneSteps: index, totalSteps: references.length, what: reference.row.reference });
    const findings = new Findings();
    if (pulled.has(reference.manifest)) findings.warning(null, BEING_PULLED);
    else checkImage(session.paths, inventory, reference, findings);
    images.push(findings.finish(reference));
    if (pacer.isLate()) await pacer.rest();
  }
  return images;
}

async function lookAgain(
  session: Session,
  inventory: Inventory,
  images: readonly ImageHealth[],
  signal: AbortSignal,
): Promise<readonly ImageHealth[]> {
  const suspects = images.filter(({ status }) => status !== 'healthy');
  const still = suspects.flatMap(({ reference }) => inventory.referencesByName.get(reference) ?? []);
  const again = await checkAll(session, inventory, still, signal, () => {});
  const byName = new Map(again.map((image) => [image.reference, image]));
  return images.flatMap((image) =>
    image.status === 'healthy' ? image : (byName.get(image.reference) ?? []),
  );
}
