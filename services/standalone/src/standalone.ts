import { once } from 'node:events'
import { join } from 'node:path'
import { type ChangeLog, EmbeddedChangeLog } from '@freshet/change-log'
import { Fanout, type FanoutSettings } from '@freshet/fanout'
import { Ingest, type IngestSettings } from '@freshet/ingest'
import { createHttpServer, type ProcessSettings } from '@freshet/service'
import { logger } from './logger.ts'
import { pageRoute } from './page/page-route.ts'
import { chooseSource } from './source-choice.ts'

export interface StandaloneOptions {
  readonly settings: {
    readonly process: ProcessSettings
    readonly ingest: IngestSettings
    readonly fanout: FanoutSettings
  }
  /** Called once everything runs, with the address and where edits come from. */
  readonly onStarted: (url: string, sourceReason: string) => void
}

const RETENTION_SWEEP_INTERVAL_MS = 60_000

/** Both services in one process over the embedded log. Runs until the signal aborts, then drains. */
export async function runStandalone(
  { settings, onStarted }: StandaloneOptions,
  signal: AbortSignal,
): Promise<void> {
  const { dataDir, host, port, drainWindowMs } = settings.process
  await using log: ChangeLog = await openLog(join(dataDir, 'log'))
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
  await app.listen({ host, port })
  onStarted(app.listeningOrigin, reason)

  const stopped = new AbortController()
  const running = ingest.run(AbortSignal.any([signal, stopped.signal]))
  try {
    await Promise.race([running, once(signal, 'abort')])
  } finally {
    stopped.abort()
    await fanout.drain(drainWindowMs)
    await app.close()
    await running.catch(() => undefined)
  }
}

function openLog(directory: string): Promise<ChangeLog> {
  return EmbeddedChangeLog.open({
    directory,
    mode: 'write',
    retentionSweepIntervalMs: RETENTION_SWEEP_INTERVAL_MS,
    onMaintenanceFailure: (error) => logger.warn({ err: error }, 'the log could not be tidied; trying again'),
  })
}
