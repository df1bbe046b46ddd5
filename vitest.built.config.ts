import { defineConfig } from 'vitest/config';

/** Tests of what `npm run build` has made. */
export default defineConfig({
  test: {
    include: ['src-*/**/*.built.test.ts'],
    testTimeout: 60_000,
  },
});
