import { once } from 'node:events'
import { join } from 'node:path'
import { type ChangeLog, EmbeddedChangeLog } from '@freshet/change-log'
import { Fanout, type FanoutSettings } from '@freshet/fanout'
import { Ingest, type IngestSettings } from '@freshet/ingest'
import { operationsRoutes } from '@freshet/service'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { collectDefaultMetrics } from 'prom-client'
import type { StandaloneSettings } from './config.ts'
import { logger } from './logger.ts'
import { pageRoute } from './page/page-route.ts'
import { chooseSource } from './source-choice.ts'

export interface StandaloneOptions {
  readonly settings: StandaloneSettings
  readonly ingestSettings: IngestSettings
  readonly fanoutSettings: FanoutSettings
  /** Called once everything runs, with the address and where edits come from. */
  readonly onStarted: (url: string, sourceReason: string) => void
}

/** A request has to have arrived within this time; a stream that is answered may last for ever. */
const REQUEST_TIMEOUT_MS = 60_000
const RETENTION_SWEEP_INTERVAL_MS = 60_000

/** Both services in one process over the embedded log. Runs until the signal aborts, then drains. */
export async function runStandalone(options: StandaloneOptions, signal: AbortSignal): Promise<void> {
  const { settings, ingestSettings, fanoutSettings } = options
  await using log: ChangeLog = await openLog(join(settings.dataDir, 'log'))
  const { source, reason } = await chooseSource(settings.source, ingestSettings)
  const directory = join(settings.dataDir, 'derived')
  await using ingest = await Ingest.open({ log, directory, settings: ingestSettings, source })
  await using fanout = new Fanout({ log, settings: fanoutSettings })
  await fanout.start()
  collectDefaultMetrics()
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT_MS,
  })
  routes(app, ingest, fanout)
  await app.listen({ host: settings.host, port: settings.port })
  options.onStarted(app.listeningOrigin, reason)

  const failed = new AbortController()
  const running = ingest.run(AbortSignal.any([signal, failed.signal]))
  try {
    await Promise.race([running, aborted(signal)])
    await fanout.drain(settings.drainWindowMs)
  } finally {
    failed.abort()
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

function routes(app: FastifyInstance, ingest: Ingest, fanout: Fanout): void {
  ingest.register(app)
  fanout.register(app)
  fanout.attach(app.server)
  operationsRoutes(app, { ingest: () => ingest.readiness(), fanout: () => fanout.readiness() })
  pageRoute(app)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
