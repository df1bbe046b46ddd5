import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** All JavaScript of one built folder, ours and what was bundled with it. */
function built(folder: 'main' | 'preload'): string {
  const path = fileURLToPath(new URL(`../out/${folder}/`, import.meta.url));
  const scripts = readdirSync(path).filter((name) => /\.c?js$/.test(name));
  expect(scripts).not.toEqual([]);
  return scripts.map((name) => readFileSync(`${path}${name}`, 'utf8')).join('\n');
}

// Items of Electron's checklist that can be read off the built files; docs/security.md has all of them.
describe('the built app', () => {
  it('hands no address and no file to the system to open', () => {
    expect(built('main')).not.toMatch(/\bopenExternal\b|\bopenPath\b/);
    // A reference or a file name of an image must not become a link that a click follows.
    expect(built('main')).toContain('showItemInFolder');
  });

  it('loads no page from a file or from the network', () => {
    expect(built('main')).not.toMatch(/\bloadFile\b|["'`]file:\/\/|loadURL\(\s*["'`]https?:/);
  });

  it('turns off no protection of Chromium, by option or by switch', () => {
    const main = built('main');
    expect(main).not.toMatch(/\bappendSwitch\b|enableBlinkFeatures|allowpopups|<webview/i);
    expect(main).not.toMatch(/\b(webSecurity|sandbox|contextIsolation): *(false|!1)\b/);
    expect(main).not.toMatch(/\b(nodeIntegration\w*|webviewTag|allowRunningInsecureContent): *(true|!0)\b/);
  });

  it('gives the page one object of functions that take data, and nothing of Electron', () => {
    const preload = built('preload');
    expect(preload.match(/exposeInMainWorld\(/g)).toHaveLength(1);
    expect(preload).not.toMatch(/exposeInMainWorld\([^)]*ipcRenderer/);
    expect(preload).not.toMatch(/["'`]electron["'`]\s*:/);
  });
});
