import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // A limit for hangs, not a measurement: compiling kernels takes its time on a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    setupFiles: ['test/support/turn.ts'],
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
