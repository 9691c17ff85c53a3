import { once } from 'node:events'
import {
  createHttpApp,
  type LogSettings,
  openLog,
  type ProcessSettings,
  type Service,
} from '@freshet/service'
import type { FanoutSettings } from './config.ts'
import { Fanout } from './fanout.ts'
import { logger } from './logger.ts'

interface Settings {
  readonly process: ProcessSettings
  readonly log: LogSettings
  readonly fanout: FanoutSettings
}

/** Fan-out as a process of its own; several may read one log. */
export async function startFanout(settings: Settings): Promise<Service> {
  const { dataDir, drainWindowMs } = settings.process
  await using started = new AsyncDisposableStack()
  const log = started.use(await openLog({ settings: settings.log, dataDir, mode: 'read', logger }))
  const fanout = started.use(new Fanout({ log, settings: settings.fanout }))
  await fanout.start()
  const app = createHttpApp(logger, { fanout: () => fanout.readiness() })
  fanout.register(app)
  const resources = started.move()
  return {
    app,
    attach: (server) => fanout.attach(server),
    run: async (signal) => void (signal.aborted || (await once(signal, 'abort'))),
    drain: () => fanout.drain(drainWindowMs),
    onStarted: (url) => logger.info({ url }, 'started'),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
