import { fileURLToPath } from 'node:url';

/** Where the program's own files are. The same two steps up from this source and, chunks lying flat, from the build. */
const ROOT = new URL('../../', import.meta.url);

/** The built interface. */
export const RENDERER_DIR = fileURLToPath(new URL('out/renderer/', ROOT));
/** The built preload script; Electron's sandbox takes no other module format. */
export const PRELOAD_FILE = fileURLToPath(new URL('out/preload/preload.cjs', ROOT));
/** The packed sample cache. */
export const SAMPLE_ARCHIVE = fileURLToPath(new URL('resources/sample/home.tar.gz', ROOT));
/** What desktops without icon files of their own for a program show, Linux's. */
export const ICON_FILE = fileURLToPath(new URL('resources/icon/linux/256x256.png', ROOT));
