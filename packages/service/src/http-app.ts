import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { collectDefaultMetrics, register } from 'prom-client'
import { operationsRoutes } from './operations-routes.ts'
import type { Readiness } from './readiness.ts'

/** What answers the requests of a process: `/healthz`, `/readyz`, `/metrics`; `parts` say whether they are ready. */
export function createHttpApp(
  logger: Logger,
  parts: Readonly<Record<string, () => Readiness>>,
): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
  })
  // Once for the process, also when its start is tried again.
  if (register.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics()
  operationsRoutes(app, parts)
  return app
}
