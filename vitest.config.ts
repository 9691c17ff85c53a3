import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,services,test}/**/*.test.ts'],
    globalSetup: 'test/kafka/kafka-desk.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
