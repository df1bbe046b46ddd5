import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { StrataBridge } from '../../src-shared/ipc/bridge.ts';
import type { BrowserWindow } from './electron.ts';

type Window = InstanceType<typeof BrowserWindow>;

/** What a window's preload script asked for, and what it gave its page. */
export interface Preloaded {
  readonly required: readonly string[];
  readonly exposed: readonly string[];
  readonly bridge: StrataBridge;
}

/** Runs the preload script as Electron's sandbox does: one file, `electron` its only module. */
export function runPreload({ webContents, options }: Window): Preloaded {
  const required: string[] = [];
  const exposed: Record<string, unknown> = {};
  const ipcRenderer = {
    send: (channel: string, ...parameters: unknown[]) => webContents.receive(channel, parameters),
    invoke: (channel: string, request: unknown) => webContents.receiveInvoke(channel, request),
    on: (channel: string, listener: (event: object, payload: unknown) => void) => {
      webContents.on('sent', (sentTo: string, payload: unknown) => {
        if (sentTo === channel) listener({}, payload);
      });
    },
    off: () => {},
  };
  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown) => {
      exposed[name] = api;
    },
  };
  const { preload, additionalArguments } = options.webPreferences as {
    preload: string;
    additionalArguments: string[];
  };
  const require = (name: string) => {
    required.push(name);
    return { contextBridge, ipcRenderer };
  };
  const sandbox = { require, exports: {}, module: {}, process: { ...process, argv: additionalArguments } };
  runInNewContext(readFileSync(preload, 'utf8'), sandbox, { filename: preload });
  return { required, bridge: exposed.strata as StrataBridge, exposed: Object.keys(exposed) };
}
