import { availableParallelism } from 'node:os'
import type { SettingsGroup } from '@freshet/service'
import { z } from 'zod'

/** Over how many processes one node of fan-out is spread. */
export const WORKER_SETTINGS = {
  prefix: 'FANOUT',
  schema: z.object({
    workers: z.coerce
      .number()
      .int()
      .min(0)
      .max(256)
      .default(0)
      .transform((count) => (count === 0 ? availableParallelism() : count))
      .describe(
        'Processes that share the port; limits and memory are per process. 0: one for each core. 1: no others are started.',
      ),
  }),
} satisfies SettingsGroup
