import Fastify from 'fastify'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { PROCESS_SETTINGS } from './process-settings.ts'
import { serve } from './serve.ts'

it('lets go of the service, and so of its log, once those who are being answered have their answers', async () => {
  const stopping = new AbortController()
  const asked = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<void>()
  const started = Promise.withResolvers<string>()
  const order: string[] = []
  const app = Fastify()
  app.post('/slow', async () => {
    asked.resolve()
    await stopped.promise
    // What a log needs to make something durable.
    await new Promise((later) => setTimeout(later, 20))
    order.push('answered')
    return { done: true }
  })
  const service = {
    app,
    attach: () => undefined,
    run: (signal: AbortSignal) => new Promise<void>((done) => signal.addEventListener('abort', () => done())),
    drain: async () => stopped.resolve(),
    onStarted: (url: string) => started.resolve(url),
    [Symbol.asyncDispose]: async () => void order.push('disposed'),
  }
  const settings = PROCESS_SETTINGS.schema.parse({ port: 0 })
  const logger = pino({ level: 'silent' })
  const serving = serve({ settings, logger, start: async () => service }, stopping.signal)
  const answer = fetch(`${await started.promise}/slow`, { method: 'POST' })
  await asked.promise
  stopping.abort()
  expect((await answer).status).toBe(200)
  await serving
  expect(order).toEqual(['answered', 'disposed'])
})
