import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/live/**'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Two cores: half of the time of a test is spent waiting for limits and disks.
    maxWorkers: 4,
  },
});
