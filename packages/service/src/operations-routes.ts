import type { FastifyInstance } from 'fastify'
import { register } from 'prom-client'
import type { Readiness } from './readiness.ts'

/** `/healthz`: the process answers. `/readyz`: every part can do its work, or 503. `/metrics`: Prometheus text. */
export function operationsRoutes(
  app: FastifyInstance,
  parts: Readonly<Record<string, () => Readiness>>,
): void {
  app.get('/healthz', () => ({ status: 'alive' }))

  app.get('/readyz', (_request, reply) => {
    const report = Object.entries(parts).map(([name, ask]) => ({ name, ...ask() }))
    const isReady = report.every((part) => part.isReady)
    reply.code(isReady ? 200 : 503).header('cache-control', 'no-store')
    if (!isReady) reply.header('retry-after', '5')
    return {
      status: isReady ? 'ready' : 'not ready',
      parts: Object.fromEntries(report.map(({ name, ...readiness }) => [name, readiness])),
    }
  })

  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', register.contentType)
    return register.metrics()
  })
}
