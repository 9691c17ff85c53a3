import { join } from 'node:path'
import {
  createHttpApp,
  type LogSettings,
  openLog,
  type ProcessSettings,
  type Service,
} from '@freshet/service'
import type { IngestSettings } from './config.ts'
import { openConfiguredSource } from './edit-sources/open-edit-source.ts'
import { Ingest } from './ingest.ts'
import { logger } from './logger.ts'

interface Settings {
  readonly process: ProcessSettings
  readonly log: LogSettings
  readonly ingest: IngestSettings
}

/** Ingest as a process of its own. */
export async function startIngest(settings: Settings): Promise<Service> {
  const { dataDir } = settings.process
  await using started = new AsyncDisposableStack()
  const log = started.use(await openLog({ settings: settings.log, dataDir, mode: 'write', logger }))
  const source = openConfiguredSource(settings.ingest)
  const directory = join(dataDir, 'derived')
  const ingest = started.use(await Ingest.open({ log, directory, settings: settings.ingest, source }))
  const app = createHttpApp(logger, { ingest: () => ingest.readiness() })
  ingest.register(app)
  const resources = started.move()
  return {
    app,
    attach: () => undefined,
    run: (signal) => ingest.run(signal),
    drain: async () => undefined,
    onStarted: (url) => logger.info({ url, source: source?.name ?? 'none' }, 'started'),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
