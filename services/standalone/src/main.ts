import { FANOUT_SETTINGS, logger as fanoutLogger } from '@freshet/fanout'
import { INGEST_SETTINGS, logger as ingestLogger } from '@freshet/ingest'
import { LOG_SETTINGS, PROCESS_SETTINGS, runProcess } from '@freshet/service'
import { logger } from './logger.ts'
import { startStandalone } from './standalone.ts'

await runProcess({
  name: 'freshet',
  description: 'Streams article changes: edits in, filtered diffs out over SSE, WebSocket and NDJSON.',
  groups: { process: PROCESS_SETTINGS, log: LOG_SETTINGS, ingest: INGEST_SETTINGS, fanout: FANOUT_SETTINGS },
  loggers: [logger, ingestLogger, fanoutLogger],
  start: startStandalone,
})
