import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src-*/**/*.test.ts', 'test-support/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/*.built.test.ts'],
    pool: 'threads',
    globalSetup: ['test-support/clean-up.ts'],
  },
});
