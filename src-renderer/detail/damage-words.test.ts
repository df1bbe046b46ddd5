import { expect, it } from 'vitest';
import { explainDamage, repairCommand } from './damage-words.ts';

it('names each sort of damage once, the worst first, with everything concerned', () => {
  const words = explainDamage([
    { kind: 'metadata-missing', detail: 'python' },
    { kind: 'layer-missing', detail: 'sha256:a' },
    { kind: 'layer-missing', detail: 'sha256:b' },
  ]);
  expect(words.map(({ title, details }) => [title, details])).toEqual([
    ['2 layer files are missing.', ['sha256:a', 'sha256:b']],
    ['The cached metadata is missing.', ['python']],
  ]);
});

it('says nothing of an image that is whole', () => {
  expect(explainDamage([])).toEqual([]);
});

it('quotes a hostile reference in the command it offers', () => {
  expect(repairCommand('a; rm -rf ~')).toBe(`msb pull --force 'a; rm -rf ~'`);
});
