import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../src-shared/domain/image.ts';
import type { ImageLayer } from '../../src-shared/domain/layer.ts';
import { type BuildStep, listBuildSteps, shortenCommand } from './build-steps.ts';

function layer(position: number): ImageLayer {
  return {
    diffId: `sha256:${position}`,
    blobDigest: `sha256:${position}`,
    mediaType: null,
    compressedSizeBytes: 1,
    erofsSizeBytes: 4096,
    position,
    allocatedSizeBytes: 4096,
    state: { kind: 'materialized' },
    sharedWith: [],
    createdBy: null,
  };
}

function entry(createdBy: string, position: number | null): HistoryEntry {
  return { created: null, createdBy, author: null, comment: null, position };
}

function draw(steps: readonly BuildStep[]): string[] {
  return steps.map((step) =>
    step.kind === 'layer'
      ? `${step.layer.position} ${step.history?.createdBy ?? '?'}`
      : `- ${step.history.createdBy}`,
  );
}

describe('listBuildSteps', () => {
  it('puts the last step first and steps without a layer between the layers', () => {
    const history = [entry('FROM', 0), entry('ENV', null), entry('RUN', 1), entry('CMD', null)];
    expect(draw(listBuildSteps([layer(0), layer(1)], history))).toEqual([
      '- CMD',
      '1 RUN',
      '- ENV',
      '0 FROM',
    ]);
  });

  it('lists the layers alone when there is no history', () => {
    expect(draw(listBuildSteps([layer(0), layer(1)], []))).toEqual(['1 ?', '0 ?']);
  });

  it('keeps every layer the history leaves out', () => {
    const steps = listBuildSteps([layer(0), layer(1), layer(2)], [entry('RUN', 1)]);
    expect(draw(steps)).toEqual(['2 ?', '1 RUN', '0 ?']);
  });

  it('survives a history that names layers twice or beyond the last', () => {
    const history = [entry('A', 0), entry('B', 0), entry('C', 7)];
    expect(draw(listBuildSteps([layer(0), layer(1)], history))).toEqual(['1 ?', '0 A']);
  });
});

describe('shortenCommand', () => {
  it.each([
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c apt-get update &&     apt-get install', 'RUN apt-get update && apt-get install'],
    ['RUN /bin/sh -c make # buildkit', 'RUN make'],
    ['RUN |1 VERSION=3 /bin/sh -c make # buildkit', 'RUN make'],
    ['COPY . /app # buildkit', 'COPY . /app'],
    ["# debian.sh --arch 'amd64' out/", "# debian.sh --arch 'amd64' out/"],
    ['', ''],
  ])('shortens %j to %j', (raw, short) => {
    expect(shortenCommand(raw)).toBe(short);
  });
});
