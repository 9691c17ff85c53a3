import { LOG_SETTINGS, PROCESS_SETTINGS, runProcess } from '@freshet/service'
import { FANOUT_SETTINGS } from './config.ts'
import { logger } from './logger.ts'
import { startFanout } from './start-fanout.ts'

await runProcess({
  name: 'freshet-fanout',
  description: 'Streams article changes from the log to partners, over SSE, WebSocket and NDJSON.',
  groups: { process: PROCESS_SETTINGS, log: LOG_SETTINGS, fanout: FANOUT_SETTINGS },
  loggers: [logger],
  start: startFanout,
})
