import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import type { ProcessSettings } from './process-settings.ts'

export interface ServeOptions {
  readonly app: FastifyInstance
  readonly settings: ProcessSettings
  /** The work beside answering requests: runs until the signal aborts, and rejects when it cannot go on. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** Ends the connections that would not end by themselves. */
  readonly drain: () => Promise<void>
  /** Called with the address once requests are answered. */
  readonly onListening: (url: string) => void
}

/** Listens and works until the signal aborts or the work fails; then drains and closes, and rejects with the failure. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  const { app, settings, run, drain, onListening } = options
  await app.listen({ host: settings.host, port: settings.port })
  onListening(app.listeningOrigin)
  const stopped = new AbortController()
  const running = run(AbortSignal.any([signal, stopped.signal]))
  try {
    await (signal.aborted ? undefined : Promise.race([running, once(signal, 'abort')]))
  } finally {
    stopped.abort()
    await drain()
    await app.close()
    await running.catch(() => undefined)
  }
}
