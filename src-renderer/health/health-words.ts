import { formatCount } from '../../src-shared/domain/format.ts';
import type { HealthReport, ImageHealth } from '../../src-shared/domain/health.ts';
import { countOf } from '../detail/count-words.ts';

/** What a check came to, in one sentence. */
export function summarizeHealth({ images }: HealthReport): string {
  if (images.length === 0) return 'There is no image to check.';
  const damaged = images.filter((image) => image.status === 'damaged').length;
  const warned = images.filter((image) => image.status === 'warning').length;
  if (damaged === 0 && warned === 0) {
    return images.length === 1
      ? 'Nothing wrong was found.'
      : `Nothing wrong was found in ${countOf(images.length, 'image')}.`;
  }
  const parts = [
    ...(damaged > 0 ? [`${formatCount(damaged)} damaged`] : []),
    ...(warned > 0 ? [`${formatCount(warned)} with a warning`] : []),
  ];
  return images.length === 1
    ? `This image is ${damaged > 0 ? 'damaged' : 'usable, but something of it is lost'}.`
    : `Of ${countOf(images.length, 'image')}, ${parts.join(' and ')}.`;
}

/** The images something is wrong with, damaged ones first, else as they are listed. */
export function listUnwell(images: readonly ImageHealth[]): readonly ImageHealth[] {
  return [
    ...images.filter((image) => image.status === 'damaged'),
    ...images.filter((image) => image.status === 'warning'),
  ];
}
