import { z } from 'zod'
import type { SettingsGroup } from './settings.ts'

/** What every process of Freshet needs, whichever service it runs. */
export const PROCESS_SETTINGS = {
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

/** Of these, what a command needs that serves nothing. */
export const COMMAND_SETTINGS = {
  prefix: PROCESS_SETTINGS.prefix,
  schema: PROCESS_SETTINGS.schema.pick({ dataDir: true, logLevel: true }),
} satisfies SettingsGroup

export type ProcessSettings = z.output<typeof PROCESS_SETTINGS.schema>
