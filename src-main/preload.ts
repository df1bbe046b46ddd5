import { contextBridge, ipcRenderer } from 'electron';
import type { ShellBridge, ShellRequest, StrataBridge } from '../src-shared/ipc/bridge.ts';
import { CHANNELS, VERSION_ARGUMENT } from '../src-shared/ipc/channels.ts';

/** Subscribes a function of the page to one channel; it gets the payload and never the event, which has the sender. */
function listen<Payload>(channel: string, listener: (payload: Payload) => void): () => void {
  const forward = (_event: unknown, payload: Payload): void => listener(payload);
  ipcRenderer.on(channel, forward);
  return () => void ipcRenderer.off(channel, forward);
}

function ask(request: ShellRequest): Promise<never> {
  return ipcRenderer.invoke(CHANNELS.shell, request) as Promise<never>;
}

const versionArgument = process.argv.find((argument) => argument.startsWith(VERSION_ARGUMENT));

const shell: ShellBridge = {
  platform: process.platform as ShellBridge['platform'],
  versions: {
    strata: versionArgument?.slice(VERSION_ARGUMENT.length) ?? '',
    electron: process.versions.electron ?? '',
    chrome: process.versions.chrome ?? '',
    node: process.versions.node,
  },
  chooseHome: () => ask({ kind: 'choose-home' }),
  openWindow: (home) => ask({ kind: 'open-window', home }),
  reveal: (target) => ask({ kind: 'reveal', target }),
  setTheme: (theme) => ask({ kind: 'set-theme', theme }),
  onCommand: (listener) => {
    const stop = listen(CHANNELS.command, listener);
    ipcRenderer.send(CHANNELS.listening);
    return stop;
  },
};

const bridge: StrataBridge = {
  send: (message) => {
    // JSON text: main never takes apart what a page sends before its length is known.
    if (message.kind === 'start') {
      ipcRenderer.send(CHANNELS.start, message.id, message.call, JSON.stringify(message.input ?? null));
    } else {
      ipcRenderer.send(CHANNELS.cancel, message.id);
    }
  },
  onMessage: (listener) => listen(CHANNELS.line, listener),
  shell,
};

contextBridge.exposeInMainWorld('strata', bridge);
