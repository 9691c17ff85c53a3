import { join } from 'node:path'
import { Fanout, type FanoutSettings } from '@freshet/fanout'
import { Ingest, type IngestSettings } from '@freshet/ingest'
import {
  createHttpApp,
  type LogSettings,
  openLog,
  type ProcessSettings,
  type Service,
} from '@freshet/service'
import { logger } from './logger.ts'
import { pageRoute } from './page/page-route.ts'
import { chooseSource } from './source-choice.ts'
import { welcome } from './welcome.ts'

export interface StandaloneSettings {
  readonly process: ProcessSettings
  readonly log: LogSettings
  readonly ingest: IngestSettings
  readonly fanout: FanoutSettings
}

/** Both services in one process. */
export async function startStandalone(settings: StandaloneSettings): Promise<Service> {
  const { dataDir, drainWindowMs } = settings.process
  await using started = new AsyncDisposableStack()
  const log = started.use(await openLog({ settings: settings.log, dataDir, mode: 'write', logger }))
  const { source, reason } = await chooseSource(settings.ingest)
  const directory = join(dataDir, 'derived')
  const ingest = started.use(await Ingest.open({ log, directory, settings: settings.ingest, source }))
  const fanout = started.use(new Fanout({ log, settings: settings.fanout }))
  await fanout.start()
  const app = createHttpApp(logger, { ingest: () => ingest.readiness(), fanout: () => fanout.readiness() })
  ingest.register(app)
  fanout.register(app)
  pageRoute(app)
  const resources = started.move()
  return {
    app,
    attach: (server) => fanout.attach(server),
    run: (signal) => ingest.run(signal),
    drain: () => fanout.drain(drainWindowMs),
    onStarted: (url) => process.stdout.write(welcome(url, reason)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
