import { defineConfig } from 'playwright/test';
import type { HandKind } from './fixtures/hand.ts';
import { launchOptions } from './fixtures/launch.ts';

/** `browser` drives the browser host in Chromium; `electron` the desktop app, where its binary is to be had. */
export default defineConfig<{ hand: HandKind }>({
  outputDir: '../test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 2,
  retries: 0,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  projects: [
    {
      name: 'browser',
      testMatch: '*.e2e.ts',
      testIgnore: 'electron/**',
      use: {
        viewport: { width: 1440, height: 900 },
        colorScheme: 'light',
        permissions: ['clipboard-read', 'clipboard-write'],
        contextOptions: { reducedMotion: 'reduce' },
        launchOptions: await launchOptions(),
        trace: { mode: 'retain-on-failure', screenshots: false },
        screenshot: 'only-on-failure',
      },
    },
    { name: 'electron', testMatch: 'electron/*.e2e.ts' },
  ],
});
