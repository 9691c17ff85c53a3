import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,services,test}/**/*.test.ts'],
    // Those that need Docker have a script of their own: test/docker/run.sh.
    exclude: [...configDefaults.exclude, '**/*.docker.test.ts'],
    globalSetup: 'test/kafka/kafka-desk.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
