import { expect, it } from 'vitest';
import { countOperations } from './operations.ts';

const K = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const D = `sha256_${'c'.repeat(64)}`;

it.each([
  [0, []],
  [1, [`manifests/${K}.lock`]],
  [1, [`manifests/${K}.lock`, `tmp/${D}.download.lock`, `layers/${D}.erofs.lock`]],
  [2, [`manifests/${K}.lock`, `manifests/${OTHER}.lock`, `tmp/${D}.download.lock`]],
  [1, ['tmp/load-0-77-1.blob', 'tmp/load-1-77-2.blob', `layers/${D}.erofs.lock`]],
  [2, ['tmp/load-0-77-1.blob', 'tmp/save-78-1.layer.tar']],
  [1, [`layers/${D}.erofs.lock`]],
  [1, ['run/creation-locks/x.lock', 'run/creation-locks/y.lock']],
])('is %i for %j', (count, held) => {
  expect(countOperations(held)).toBe(count);
});
