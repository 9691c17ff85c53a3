import cluster from 'node:cluster'
import { LOG_SETTINGS, PROCESS_SETTINGS, runProgram, serve } from '@freshet/service'
import { FANOUT_SETTINGS } from './config.ts'
import { logger } from './logger.ts'
import { WORKER_NUMBER_VARIABLE } from './workers/worker-messages.ts'
import { WorkerPool } from './workers/worker-pool.ts'
import { WORKER_SETTINGS } from './workers/worker-settings.ts'
import { WorkerSiblings } from './workers/worker-siblings.ts'

const siblings = cluster.isWorker
  ? new WorkerSiblings(Number(process.env[WORKER_NUMBER_VARIABLE]))
  : undefined

await runProgram({
  name: 'freshet-fanout',
  description: 'Streams article changes from the log to partners, over SSE, WebSocket and NDJSON.',
  groups: {
    process: PROCESS_SETTINGS,
    log: LOG_SETTINGS,
    fanout: FANOUT_SETTINGS,
    workers: WORKER_SETTINGS,
  },
  loggers: [logger],
  async run(settings, signal) {
    const { workers } = settings.workers
    if (siblings === undefined && workers > 1) {
      await new WorkerPool({ workers, logger }).run(signal)
      return
    }
    // Only here, so that the parent of the workers stays small.
    const { startFanout } = await import('./start-fanout.ts')
    await serve({ settings: settings.process, logger, start: () => startFanout(settings, siblings) }, signal)
  },
})
siblings?.leave()
