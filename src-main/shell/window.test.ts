import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { windowOptions } from './window.ts';

function optionsOn(platform: string, hasDevTools = false) {
  const place = { x: 1, y: 2, width: 1000, height: 700, isMaximized: false };
  return windowOptions({ place, isDark: false, platform, version: '1.2.3', hasDevTools });
}

describe('a window’s options', () => {
  it('carry the icon where the system finds none in the program, as a file that is there', () => {
    expect(existsSync(optionsOn('linux').icon as string)).toBe(true);
    expect(optionsOn('darwin')).not.toHaveProperty('icon');
    expect(optionsOn('win32')).not.toHaveProperty('icon');
  });

  it('turn on no feature of Chromium that is off', () => {
    for (const platform of ['linux', 'darwin', 'win32']) {
      const { webPreferences } = optionsOn(platform);
      expect(webPreferences).not.toHaveProperty('enableBlinkFeatures');
      expect(webPreferences).toMatchObject({ experimentalFeatures: false, webSecurity: true });
    }
  });

  it('let nobody inspect the page of what people install', () => {
    expect(optionsOn('linux').webPreferences?.devTools).toBe(false);
    expect(optionsOn('linux', true).webPreferences?.devTools).toBe(true);
  });
});
