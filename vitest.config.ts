import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src-*/**/*.test.ts', 'test-support/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/*.built.test.ts'],
    pool: 'threads',
    // Half of what a test waits for is another process; left to itself vitest takes one worker on two processors.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Caches are made by the real msb on whatever machine this is: a limit for what hangs, not a measure of speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test-support/clean-up.ts'],
  },
});
