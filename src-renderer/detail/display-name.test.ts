import { expect, it } from 'vitest';
import { displayName } from './display-name.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

it.each(['', ' ', '\n\t'])(
  'says of the blank reference %j that it is no name, and which image it is',
  (blank) => {
    expect(displayName(blank, digest)).toMatchObject({
      registry: '',
      repository: 'no name (sha256:0123456789ab)',
    });
    expect(displayName(blank)).toMatchObject({ registry: '', repository: 'no name' });
  },
);

it('cuts any other reference as it is', () => {
  expect(displayName('alpine', digest)).toMatchObject({
    registry: 'docker.io',
    repository: 'library/alpine',
  });
});
