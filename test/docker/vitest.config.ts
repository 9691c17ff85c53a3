import { defineConfig } from 'vitest/config'

/** The tests that need Docker, apart from all others: `test/docker/run.sh` gives them an engine and the images. */
export default defineConfig({
  test: {
    include: ['test/docker/**/*.docker.test.ts'],
    // Each has the machine for itself.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
