import { join } from 'node:path'
import {
  createHttpServer,
  LOG_SETTINGS,
  openLog,
  PROCESS_SETTINGS,
  runProcess,
  serve,
} from '@freshet/service'
import { INGEST_SETTINGS } from './config.ts'
import { openConfiguredSource } from './edit-sources/open-edit-source.ts'
import { Ingest } from './ingest.ts'
import { logger } from './logger.ts'

await runProcess({
  name: 'freshet-ingest',
  description: 'Takes edits in and turns them into article changes in the log.',
  groups: { process: PROCESS_SETTINGS, log: LOG_SETTINGS, ingest: INGEST_SETTINGS },
  loggers: [logger],
  logLevelOf: ({ process }) => process.logLevel,
  async run(settings, signal) {
    const { dataDir } = settings.process
    await using log = await openLog({ settings: settings.log, dataDir, mode: 'write', logger })
    const source = openConfiguredSource(settings.ingest)
    const directory = join(dataDir, 'derived')
    await using ingest = await Ingest.open({ log, directory, settings: settings.ingest, source })
    const app = createHttpServer(logger, { ingest: () => ingest.readiness() })
    ingest.register(app)
    const work = {
      run: (running: AbortSignal) => ingest.run(running),
      drain: async () => undefined,
      onListening: (url: string) => logger.info({ url, source: source?.name ?? 'none' }, 'started'),
    }
    await serve({ app, settings: settings.process, ...work }, signal)
  },
})
