import { describe, expect, it } from 'vitest';
import type { TreeEntry } from '../../src-shared/domain/tree-entry.ts';
import {
  expandTo,
  type FolderState,
  findByPrefix,
  flattenTree,
  growTree,
  indexOfParent,
  type TreeRow,
} from './tree-rows.ts';

function entry(path: string, fields: Partial<TreeEntry> = {}): TreeEntry {
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    type: 'regular',
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: 1,
    mtime: 0,
    linkCount: 1,
    target: null,
    device: null,
    position: 0,
    change: 'unchanged',
    isWhiteout: false,
    isOpaque: false,
    damage: null,
    ...fields,
  };
}

const folder = (path: string, fields: Partial<TreeEntry> = {}) =>
  entry(path, { type: 'directory', ...fields });

function read(path: string, ...entries: readonly TreeEntry[]): readonly [string, FolderState] {
  return [path, { kind: 'read', listing: { path, entries, omitted: 0, damage: null } }];
}

/** A tree as text: two spaces a level, + closed, - open. */
function draw(rows: readonly TreeRow[]): string[] {
  return rows.map((row) => {
    const indent = '  '.repeat(row.level - 1);
    if (row.kind === 'message') return `${indent}(${row.text})`;
    const name = row.kind === 'entry' ? row.entry.name : `[${row.name}]`;
    return `${indent}${row.isExpanded === null ? '' : row.isExpanded ? '- ' : '+ '}${name}`;
  });
}

const folders = new Map([
  read('/', folder('/etc'), folder('/usr'), entry('/zero')),
  read('/usr', folder('/usr/lib'), entry('/usr/x')),
  read('/usr/lib'),
]);

describe('flattenTree', () => {
  it('shows the entries of open folders below them', () => {
    expect(draw(flattenTree(folders, new Set(['/usr', '/usr/lib'])))).toEqual([
      '+ etc',
      '- usr',
      '  - lib',
      '    (Empty)',
      '  x',
      'zero',
    ]);
  });

  it('says what is being read, what failed, and what is left out', () => {
    const states = new Map<string, FolderState>([
      [
        '/',
        {
          kind: 'read',
          listing: {
            path: '/',
            entries: [folder('/a'), folder('/b')],
            omitted: 1200,
            damage: 'block 3 is wild',
          },
        },
      ],
      ['/b', { kind: 'failed', message: 'cannot be read' }],
    ]);
    expect(draw(flattenTree(states, new Set(['/a', '/b'])))).toEqual([
      '(block 3 is wild)',
      '- a',
      '  (Reading…)',
      '- b',
      '  (cannot be read)',
      '(1,200 more entries: filter to see them)',
    ]);
  });

  it('opens directories, removed ones too, and nothing else', () => {
    const states = new Map([
      read('/', folder('/gone', { change: 'removed' }), entry('/link', { type: 'symlink' })),
      read('/gone', entry('/gone/x', { change: 'removed' })),
    ]);
    expect(draw(flattenTree(states, new Set(['/gone', '/link'])))).toEqual(['- gone', '  x', 'link']);
  });

  it('counts places among siblings', () => {
    expect(flattenTree(folders, new Set()).map((row) => [row.position, row.setSize])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('survives folders nested thousands deep', () => {
    const deep = new Map<string, FolderState>();
    const expanded = new Set<string>();
    for (let depth = 0, path = ''; depth < 5000; depth += 1, path += '/d') {
      const [key, state] = read(path || '/', folder(`${path}/d`));
      deep.set(key, state);
      expanded.add(path);
    }
    expect(flattenTree(deep, expanded)).toHaveLength(5000);
  });
});

describe('growTree', () => {
  const found = [entry('/usr/lib/a'), folder('/usr'), entry('/etc/b'), entry('/usr/lib/c')];

  it('shows what was found in its place, the way there in brackets', () => {
    expect(draw(growTree(found, new Set()))).toEqual([
      '- [etc]',
      '  b',
      '- usr',
      '  - [lib]',
      '    a',
      '    c',
    ]);
  });

  it('keeps closed what a person closed', () => {
    expect(draw(growTree(found, new Set(['/usr/lib', '/etc'])))).toEqual(['+ [etc]', '- usr', '  + [lib]']);
  });

  it('has no rows when nothing was found', () => {
    expect(growTree([], new Set())).toEqual([]);
  });
});

describe('moving about', () => {
  const rows = flattenTree(folders, new Set(['/usr', '/usr/lib']));

  it('finds the row of the folder a row is in', () => {
    expect([3, 2, 1].map((index) => indexOfParent(rows, index))).toEqual([2, 1, -1]);
  });

  it('finds the next name that begins with what was typed, round the end', () => {
    expect([findByPrefix(rows, 0, 'Z'), findByPrefix(rows, 5, 'u'), findByPrefix(rows, 0, 'q')]).toEqual([
      5, 1, -1,
    ]);
  });

  it('opens every folder on the way to a path', () => {
    expect([...expandTo(new Set(['/etc']), '/usr/lib/a')]).toEqual(['/etc', '/', '/usr', '/usr/lib']);
  });
});
