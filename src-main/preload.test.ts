import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StrataBridge } from '../src-shared/ipc/bridge.ts';

const { exposed, ipcRenderer } = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  ipcRenderer: { send: vi.fn(), invoke: vi.fn(), on: vi.fn(), off: vi.fn() },
}));
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => void exposed.set(name, api) },
  ipcRenderer,
}));

let bridge: StrataBridge;

beforeAll(async () => {
  process.argv.push('--strata-version=1.2.3');
  await import('./preload.ts');
  bridge = exposed.get('strata') as StrataBridge;
});

beforeEach(() => {
  for (const mock of Object.values(ipcRenderer)) mock.mockReset();
});

/** Every name the page can reach, with the kind of thing behind it. */
function describeApi(api: object, prefix = ''): string[] {
  return Object.entries(api).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? describeApi(value, `${prefix}${name}.`)
      : [`${prefix}${name}: ${typeof value}`],
  );
}

describe('the preload script', () => {
  it('exposes one object, and these functions and texts on it', () => {
    expect([...exposed.keys()]).toEqual(['strata']);
    expect(describeApi(bridge).sort()).toEqual([
      'onMessage: function',
      'send: function',
      'shell.chooseHome: function',
      'shell.onCommand: function',
      'shell.openWindow: function',
      'shell.platform: string',
      'shell.reveal: function',
      'shell.setTheme: function',
      'shell.versions.chrome: string',
      'shell.versions.electron: string',
      'shell.versions.node: string',
      'shell.versions.strata: string',
    ]);
    expect(bridge.shell.versions.strata).toBe('1.2.3');
  });

  it('sends calls as JSON text, and cancels', () => {
    bridge.send({ kind: 'start', id: 1, call: 'images.get', input: { reference: 'alpine' } });
    bridge.send({ kind: 'start', id: 2, call: 'images.list', input: undefined });
    bridge.send({ kind: 'cancel', id: 1 });
    expect(ipcRenderer.send.mock.calls).toEqual([
      ['strata:start', 1, 'images.get', '{"reference":"alpine"}'],
      ['strata:start', 2, 'images.list', 'null'],
      ['strata:cancel', 1],
    ]);
  });

  it('hands on lines without the event they came with, until told to stop', () => {
    const heard = vi.fn();
    const stop = bridge.onMessage(heard);
    const [channel, forward] = ipcRenderer.on.mock.calls[0] ?? [];
    forward({ sender: 'everything' }, { id: 1, line: '{}', isLast: true });
    expect(channel).toBe('strata:line');
    expect(heard.mock.calls).toEqual([[{ id: 1, line: '{}', isLast: true }]]);
    stop();
    expect(ipcRenderer.off).toHaveBeenCalledWith('strata:line', forward);
  });

  it('tells main when the page listens to commands', () => {
    bridge.shell.onCommand(() => {});
    expect(ipcRenderer.on.mock.calls[0]?.[0]).toBe('strata:command');
    expect(ipcRenderer.send).toHaveBeenCalledWith('strata:listening');
  });

  it('asks the shell only what the bridge offers', async () => {
    ipcRenderer.invoke.mockResolvedValue('answer');
    await bridge.shell.chooseHome();
    await bridge.shell.openWindow('/home');
    await bridge.shell.reveal({ kind: 'cache' });
    await bridge.shell.setTheme('dark');
    expect(ipcRenderer.invoke.mock.calls).toEqual([
      ['strata:shell', { kind: 'choose-home' }],
      ['strata:shell', { kind: 'open-window', home: '/home' }],
      ['strata:shell', { kind: 'reveal', target: { kind: 'cache' } }],
      ['strata:shell', { kind: 'set-theme', theme: 'dark' }],
    ]);
  });
});
