import { describe, expect, it } from 'vitest';
import { ArgumentProblem } from '../ipc/arguments.ts';
import { parseCommand } from './command.ts';

const parse = (...argv: string[]) => parseCommand(argv, '/somewhere');

describe('a command line', () => {
  it.each([
    [['list'], { kind: 'list', home: null, asJson: false }],
    [['usage', '--json', '--home', 'h'], { kind: 'usage', home: '/somewhere/h', asJson: true }],
    [['inspect', '--home=/h', 'alpine'], { kind: 'inspect', home: '/h', asJson: false, reference: 'alpine' }],
    [['inspect', '--', '--help'], { kind: 'help' }],
    [['list', '--help'], { kind: 'help' }],
    [[], { kind: 'help' }],
  ])('%j is understood', (argv, command) => {
    expect(parse(...argv)).toEqual(command);
  });

  it('names each reference to remove once, also one that looks like an option', () => {
    expect(parse('remove', 'b', 'a', 'b', '--force', '--', '--yes')).toEqual({
      kind: 'removal',
      home: null,
      asJson: false,
      isConfirmed: false,
      undoMinutes: 0,
      action: { kind: 'remove', references: ['b', 'a', '--yes'], force: true },
    });
  });

  it('sets aside what goes for the minutes asked for, a year at most', () => {
    expect(parse('gc', '--undo', '30')).toMatchObject({ kind: 'removal', undoMinutes: 30 });
    expect(() => parse('gc', '--undo', '525601')).toThrow('a year');
    expect(() => parse('gc', '--undo', 'long')).toThrow('whole number');
    expect(() => parse('plan', 'gc', '--undo', '30')).toThrow(ArgumentProblem);
  });

  it('takes the rules of prune', () => {
    const rules = ['--unused-days', '30', '--keep-newest=2', '--keep-hours', '24', '--pin', 'a,b'];
    expect(parse('prune', ...rules, '--under', '1.5 GiB', '--free', '20GB', '--yes')).toMatchObject({
      kind: 'removal',
      isConfirmed: true,
      action: {
        kind: 'prune',
        policy: {
          unusedForDays: 30,
          keepNewestPerRepository: 2,
          keepPulledWithinHours: 24,
          pinned: ['a', 'b'],
          cacheUnderBytes: 1.5 * 2 ** 30,
          freeAtLeastBytes: 20e9,
        },
      },
    });
  });

  it('plans each action without doing it', () => {
    expect(parse('plan', 'gc-layers')).toMatchObject({ kind: 'plan', action: { kind: 'gcLayers' } });
    expect(parse('plan', 'prune', '--free', '0')).toMatchObject({
      kind: 'plan',
      action: { kind: 'prune', policy: { freeAtLeastBytes: 0 } },
    });
  });

  it.each([
    ['lst'],
    ['plan'],
    ['plan', 'list'],
    ['plan', 'gc', '--yes'],
    ['inspect'],
    ['inspect', 'a', 'b'],
    ['remove'],
    ['remove', '--forse', 'a'],
    ['remove', '-f', 'a'],
    ['gc', 'a'],
    ['gc', '--force'],
    ['list', '--yes'],
    ['list', '--home'],
    ['list', '--json', '--json'],
    ['prune', '--unused-days', '-1'],
    ['prune', '--unused-days', '1e3'],
    ['prune', '--free', '20 bananas'],
    ['prune', '--under', '999999999999TB'],
    ['prune', 'alpine'],
  ])('%j %j %j is refused', (...argv) => {
    expect(() => parse(...argv)).toThrow(ArgumentProblem);
  });
});
