import { LOG_SETTINGS, PROCESS_SETTINGS, runProcess } from '@freshet/service'
import { INGEST_SETTINGS } from './config.ts'
import { logger } from './logger.ts'
import { startIngest } from './start-ingest.ts'

await runProcess({
  name: 'freshet-ingest',
  description: 'Takes edits in and turns them into article changes in the log.',
  groups: { process: PROCESS_SETTINGS, log: LOG_SETTINGS, ingest: INGEST_SETTINGS },
  loggers: [logger],
  start: startIngest,
})
