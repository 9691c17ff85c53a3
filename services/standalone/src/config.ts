import type { SettingsGroup } from '@freshet/service'
import { z } from 'zod'

/** What the whole program needs, beside ingest's and fan-out's own settings. */
export const STANDALONE_SETTINGS = {
  prefix: 'FRESHET',
  schema: z.object({
    port: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .default(8080)
      .describe('The port to listen on; 0 picks a free one.'),
    host: z.string().min(1).default('127.0.0.1').describe('The address to listen on; 0.0.0.0 for every one.'),
    dataDir: z.string().min(1).default('data').describe('Where everything is kept.'),
    source: z
      .string()
      .optional()
      .describe(
        'Where edits come from: a recording, a MediaWiki XML export, the URL of an EventStreams stream, "sample", or "none" for posts only. Left out: live Wikipedia.',
      ),
    logLevel: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug'])
      .default('info')
      .describe('How much is logged: fatal, error, warn, info or debug.'),
    drainWindowMs: z.coerce
      .number()
      .int()
      .nonnegative()
      .default(1_000)
      .describe('On SIGTERM subscribers are told to reconnect, spread over this time.'),
  }),
} satisfies SettingsGroup

export type StandaloneSettings = z.output<typeof STANDALONE_SETTINGS.schema>
