import { describe, expect, it } from 'vitest';
import { ancestorsOf, decodeName, listCrumbs, parentOf, parseTypedPath, toPlainPath } from './file-path.ts';

describe('listCrumbs', () => {
  it('walks from the root to the path, names decoded', () => {
    expect(listCrumbs('/usr/50%25')).toEqual([
      { path: '/', name: '/' },
      { path: '/usr', name: 'usr' },
      { path: '/usr/50%25', name: '50%' },
    ]);
  });

  it('has one step for the root', () => {
    expect(listCrumbs('/')).toEqual([{ path: '/', name: '/' }]);
  });
});

it('finds the folder a path is in', () => {
  expect(['/usr/bin', '/usr', '/'].map(parentOf)).toEqual(['/usr', '/', null]);
  expect(ancestorsOf('/usr/lib/x')).toEqual(['/', '/usr', '/usr/lib']);
});

describe('parseTypedPath', () => {
  it.each([
    ['usr/lib/', '/usr/lib'],
    ['  /usr//./bin/../lib ', '/usr/lib'],
    ['../../etc', '/etc'],
    ['/', '/'],
    ['/100%', '/100%25'],
    ['/a%0ab', '/a%0ab'],
    ['/日本', '/日本'],
  ])('reads %j as %j', (typed, path) => {
    expect(parseTypedPath(typed)).toBe(path);
  });

  it('finds nothing in white space', () => {
    expect(parseTypedPath('  ')).toBeNull();
  });
});

it('shows bytes that are no text as escapes', () => {
  expect([decodeName('a%ffb'), decodeName('50%25'), decodeName('a%1bb')]).toEqual([
    'a\\xffb',
    '50%',
    'a\\x1bb',
  ]);
});

it('copies a path as text only when all of it is text', () => {
  expect([toPlainPath('/50%25/é'), toPlainPath('/a%ff/50%25')]).toEqual(['/50%/é', '/a%ff/50%25']);
});
