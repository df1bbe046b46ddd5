/** Electron's channels between preload and main. Each belongs to one window. */
export const CHANNELS = {
  /** (id, call, input as JSON text) */
  start: 'strata:start',
  /** (id) */
  cancel: 'strata:cancel',
  /** To the renderer: (ServerMessage) */
  line: 'strata:line',
  /** (ShellRequest), answered */
  shell: 'strata:shell',
  /** The renderer listens to commands from now on. */
  listening: 'strata:listening',
  /** To the renderer: (ShellCommand) */
  command: 'strata:command',
} as const;

/** How main tells the preload script the app's version: an argument of the renderer process. */
export const VERSION_ARGUMENT = '--strata-version=';
