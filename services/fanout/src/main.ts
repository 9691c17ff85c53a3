import { once } from 'node:events'
import {
  createHttpServer,
  LOG_SETTINGS,
  openLog,
  PROCESS_SETTINGS,
  runProcess,
  serve,
} from '@freshet/service'
import { FANOUT_SETTINGS } from './config.ts'
import { Fanout } from './fanout.ts'
import { logger } from './logger.ts'

await runProcess({
  name: 'freshet-fanout',
  description: 'Streams article changes from the log to partners, over SSE, WebSocket and NDJSON.',
  groups: { process: PROCESS_SETTINGS, log: LOG_SETTINGS, fanout: FANOUT_SETTINGS },
  loggers: [logger],
  logLevelOf: ({ process }) => process.logLevel,
  async run(settings, signal) {
    const { dataDir, drainWindowMs } = settings.process
    await using log = await openLog({ settings: settings.log, dataDir, mode: 'read', logger })
    await using fanout = new Fanout({ log, settings: settings.fanout })
    await fanout.start()
    const app = createHttpServer(logger, { fanout: () => fanout.readiness() })
    fanout.register(app)
    fanout.attach(app.server)
    const work = {
      run: async (running: AbortSignal) => void (running.aborted || (await once(running, 'abort'))),
      drain: () => fanout.drain(drainWindowMs),
      onListening: (url: string) => logger.info({ url }, 'started'),
    }
    await serve({ app, settings: settings.process, ...work }, signal)
  },
})
