import { defineConfig } from 'vitest/config';

// Shared by every package: `vitest run --root . --config ../../vitest.config.ts`.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // `npm test` adds up the results of all packages.
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
    // The state "per thread" (current coroutine, current context) must be fresh for each file.
    pool: 'forks',
    isolate: true,
    // Generous: nothing here waits for time to pass, but a loaded machine may take long to start a thread.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
