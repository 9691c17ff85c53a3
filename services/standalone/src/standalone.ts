import { join } from 'node:path'
import { Fanout, type FanoutSettings } from '@freshet/fanout'
import { Ingest, type IngestSettings } from '@freshet/ingest'
import { createHttpServer, type LogSettings, openLog, type ProcessSettings, serve } from '@freshet/service'
import { logger } from './logger.ts'
import { pageRoute } from './page/page-route.ts'
import { chooseSource } from './source-choice.ts'

export interface StandaloneOptions {
  readonly settings: {
    readonly process: ProcessSettings
    readonly log: LogSettings
    readonly ingest: IngestSettings
    readonly fanout: FanoutSettings
  }
  /** Called once everything runs, with the address and where edits come from. */
  readonly onStarted: (url: string, sourceReason: string) => void
}

/** Both services in one process. Runs until the signal aborts, then drains. */
export async function runStandalone(
  { settings, onStarted }: StandaloneOptions,
  signal: AbortSignal,
): Promise<void> {
  const { dataDir, drainWindowMs } = settings.process
  await using log = await openLog({ settings: settings.log, dataDir, mode: 'write', logger })
  const { source, reason } = await chooseSource(settings.ingest)
  const directory = join(dataDir, 'derived')
  await using ingest = await Ingest.open({ log, directory, settings: settings.ingest, source })
  await using fanout = new Fanout({ log, settings: settings.fanout })
  await fanout.start()
  const app = createHttpServer(logger, {
    ingest: () => ingest.readiness(),
    fanout: () => fanout.readiness(),
  })
  ingest.register(app)
  fanout.register(app)
  fanout.attach(app.server)
  pageRoute(app)
  const work = {
    run: (running: AbortSignal) => ingest.run(running),
    drain: () => fanout.drain(drainWindowMs),
    onListening: (url: string) => onStarted(url, reason),
  }
  await serve({ app, settings: settings.process, ...work }, signal)
}
