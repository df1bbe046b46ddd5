import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { PulledImage, Work, WorkStep } from '../../src-shared/domain/work.ts';

/** `1 pull in progress · 2 of 3 layers · 12.3 MB written`: what the files tell of it, in one line. */
export function workText(work: Work): string {
  const { operations, newLayers, images, steps } = work;
  const isCopy = steps.some(({ kind }) => kind === 'copy');
  const parts = [`${operationsText(operations, isCopy)} in progress`];
  if (images.length > 0) parts.push(layersText(sumOf(images)));
  else if (newLayers > 0) parts.push(`${counted(newLayers, 'layer')} ready`);
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  if (bytes > 0) parts.push(`${formatBytes(bytes)} written`);
  return parts.join(' · ');
}

export function layersText({ doneLayers, totalLayers }: Omit<PulledImage, 'reference'>): string {
  return `${formatCount(doneLayers)} of ${counted(totalLayers, 'layer')}`;
}

/** `Downloading blob`: before the digest. */
export function stepText({ kind }: WorkStep): string {
  switch (kind) {
    case 'download':
      return 'Downloading blob';
    case 'unpack':
      return 'Unpacking layer';
    case 'merge':
      return 'Merging the layers of';
    case 'flatten':
      return 'Writing flat disk';
    case 'copy':
      return 'Copying a layer';
  }
}

function sumOf(images: readonly PulledImage[]): Omit<PulledImage, 'reference'> {
  return {
    doneLayers: images.reduce((sum, image) => sum + image.doneLayers, 0),
    totalLayers: images.reduce((sum, image) => sum + image.totalLayers, 0),
  };
}

function operationsText(operations: number, isCopy: boolean): string {
  if (!isCopy) return counted(operations, 'pull');
  return operations === 1 ? '1 load or save' : `${formatCount(operations)} pulls, loads or saves`;
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
