import { expect, test } from 'vitest';
import { NO_WORK, type Work } from '../../src-shared/domain/work.ts';
import { workText } from './work-words.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const cases: readonly (readonly [string, Partial<Work>])[] = [
  ['1 pull in progress', { operations: 1 }],
  [
    '2 pulls in progress · 1 layer ready · 1.50 kB written',
    {
      operations: 2,
      newLayers: 1,
      steps: [
        { kind: 'download', digest, bytes: 1000 },
        { kind: 'unpack', digest, bytes: 500 },
      ],
    },
  ],
  [
    '1 pull in progress · 3 of 7 layers',
    {
      operations: 1,
      newLayers: 1,
      images: [
        { reference: 'alpine', doneLayers: 1, totalLayers: 2 },
        { reference: null, doneLayers: 2, totalLayers: 5 },
      ],
    },
  ],
  ['1 load or save in progress', { operations: 1, steps: [{ kind: 'copy', digest: null, bytes: 0 }] }],
];

test.each(cases)('says “%s”', (words, work) => {
  expect(workText({ ...NO_WORK, ...work })).toBe(words);
});
