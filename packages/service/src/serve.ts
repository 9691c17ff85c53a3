import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChangeLogError } from '@freshet/change-log'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { ProcessSettings } from './process-settings.ts'

/** What a process does once its log is there. Owns what it was made of. */
export interface Service extends AsyncDisposable {
  /** Answers requests; it does not listen by itself. */
  readonly app: FastifyInstance
  /** Takes upgrades and the like. */
  readonly attach: (server: Server) => void
  /** The work beside answering requests: runs until the signal aborts, and rejects when it cannot go on. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** Ends the connections that would not end by themselves. */
  readonly drain: () => Promise<void>
  /** Called with the address once requests are answered. */
  readonly onStarted: (url: string) => void
}

export interface ServeOptions {
  readonly settings: ProcessSettings
  readonly logger: Logger
  /** Tried again for as long as it is the log that cannot be reached. */
  readonly start: () => Promise<Service>
}

const RETRY_DELAY_MS = 2_000
/** A request has to have arrived within this time; a stream that is answered may last for ever. */
const REQUEST_TIMEOUT_MS = 60_000
const LAST_ANSWERS_MS = 1_000

/**
 * Listens from the beginning, so that an operator can ask what is wrong when the log cannot be reached; starts the
 * service as soon as it can be; works until the signal aborts or the work fails; then drains and closes, and rejects with
 * the failure.
 */
export async function serve({ settings, logger, start }: ServeOptions, signal: AbortSignal): Promise<void> {
  const front = new Front()
  const url = await front.listen(settings.host, settings.port)
  try {
    const service = await startWhenPossible(start, logger, front, signal)
    if (service === undefined) return
    await using _service = service
    await service.app.ready()
    service.attach(front.server)
    front.answerWith(service.app)
    service.onStarted(url)
    await workUntil(signal, service)
    await service.app.close()
    // Before the service, whose log those who are being answered may wait for.
    await front.close()
  } finally {
    await front.close()
  }
}

async function startWhenPossible(
  start: () => Promise<Service>,
  logger: Logger,
  front: Front,
  signal: AbortSignal,
): Promise<Service | undefined> {
  while (!signal.aborted) {
    try {
      return await start()
    } catch (error) {
      if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
      logger.error({ err: error }, 'the log cannot be reached; trying again')
      front.obstacle = error.message
      await sleep(RETRY_DELAY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}

async function workUntil(signal: AbortSignal, { run, drain }: Service): Promise<void> {
  const stopped = new AbortController()
  const running = run(AbortSignal.any([signal, stopped.signal]))
  try {
    await (signal.aborted ? undefined : Promise.race([running, once(signal, 'abort')]))
  } finally {
    stopped.abort()
    await drain()
    await running.catch(() => undefined)
  }
}

/** The listening socket of a process: alive from the start, the service behind it once there is one. */
class Front {
  readonly server: Server
  obstacle = 'starting'
  #app: FastifyInstance | undefined
  #closing: Promise<void> | undefined

  constructor() {
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      if (this.#app === undefined) this.#answerEarly(request, response)
      else this.#app.routing(request, response)
    })
  }

  async listen(host: string, port: number): Promise<string> {
    this.server.listen(port, host)
    await once(this.server, 'listening')
    const { port: actual } = this.server.address() as AddressInfo
    return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
  }

  answerWith(app: FastifyInstance): void {
    this.#app = app
  }

  /** What is being answered gets some time; connections that are kept open for more requests get none. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeIdleConnections()
    const deadline = setTimeout(() => this.server.closeAllConnections(), LAST_ANSWERS_MS)
    await closed
    clearTimeout(deadline)
  }

  #answerEarly(request: IncomingMessage, response: ServerResponse): void {
    const isAlive = request.url === '/healthz'
    const body = isAlive
      ? { status: 'alive' }
      : { error: { code: 'log_unavailable', message: this.obstacle, help: 'Ask again in a few seconds.' } }
    response.writeHead(isAlive ? 200 : 503, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(!isAlive && { 'retry-after': '5', connection: 'close' }),
    })
    response.end(JSON.stringify(body))
  }
}
