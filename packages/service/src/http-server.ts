import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { collectDefaultMetrics } from 'prom-client'
import { operationsRoutes } from './operations-routes.ts'
import type { Readiness } from './readiness.ts'

/** A request has to have arrived within this time; a stream that is answered may last for ever. */
const REQUEST_TIMEOUT_MS = 60_000

/** The HTTP server of a process, with `/healthz`, `/readyz` and `/metrics`; `parts` say whether they are ready. */
export function createHttpServer(
  logger: Logger,
  parts: Readonly<Record<string, () => Readiness>>,
): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT_MS,
  })
  collectDefaultMetrics()
  operationsRoutes(app, parts)
  return app
}
