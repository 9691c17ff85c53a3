import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { EventStreamsConnection } from './event-streams-connection.ts'
import type { EventStreamsFault } from './event-streams-fault.ts'
import { EventStreamsLog, type FedEvent } from './event-streams-log.ts'
import { assignmentsOf } from './event-streams-request.ts'

export interface EventStreamsSimulatorOptions {
  /** The stream's name, such as `mediawiki.page_change.v1`. */
  readonly stream: string
  /** The topics behind it, one for each data centre. */
  readonly topics: readonly string[]
  /** Of the first event of each partition. Another data centre numbers the same events otherwise. */
  readonly firstOffset: number
}

export interface SimulatedRequest {
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** Tests make some thousands of requests at most; more means that a client hammers, and is refused to be recorded. */
const REQUESTS_MAX = 100_000

/**
 * A local EventStreams server with KafkaSSE behind it: ids of several partitions in time, `since`, `Last-Event-ID`, error
 * bodies, and faults that a test lines up. Sources: wikimedia/mediawiki-services-eventstreams, wikimedia/KafkaSSE.
 */
export class EventStreamsSimulator implements AsyncDisposable {
  /** Every request so far, the refused ones included. */
  readonly requests: SimulatedRequest[] = []
  /** Bytes handed to sockets, all connections together. */
  sentBytes = 0
  readonly #options: EventStreamsSimulatorOptions
  readonly #log: EventStreamsLog
  readonly #faults: EventStreamsFault[] = []
  readonly #connections = new Set<EventStreamsConnection>()
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  private constructor(options: EventStreamsSimulatorOptions) {
    this.#options = options
    this.#log = new EventStreamsLog(options.topics, options.firstOffset)
  }

  static async start(options: EventStreamsSimulatorOptions): Promise<EventStreamsSimulator> {
    const simulator = new EventStreamsSimulator(options)
    simulator.#server.listen(0, '127.0.0.1')
    await once(simulator.#server, 'listening')
    return simulator
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/v2/stream/${this.#options.stream}`
  }

  get openConnections(): number {
    return this.#connections.size
  }

  /** The events fed so far, with their offsets. */
  get events(): EventStreamsLog['events'] {
    return this.#log.events
  }

  /** Sends an event to everyone connected, and keeps it for those who come later. */
  feed(...events: readonly FedEvent[]): void {
    for (const event of events) this.#log.append(event)
    for (const connection of this.#connections) connection.wake()
  }

  /** The next connections get these faults, one each, in this order; those after them get none. */
  failNext(...faults: readonly EventStreamsFault[]): void {
    this.#faults.push(...faults)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.requests.length >= REQUESTS_MAX) throw new Error(`a client made ${REQUESTS_MAX} requests`)
    this.requests.push({ url: request.url ?? '', headers: request.headers })
    const fault = this.#faults.shift()
    if (fault?.type === 'refuse') return void refuse(response, fault.status, fault.headers, fault.body)
    if (!request.headers['user-agent']) return void refuse(response, 403, {}, 'Please set a user-agent')
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://simulator')
    if (searchParams.has('spec')) return void response.end(JSON.stringify(specOf(this.#options.stream)))
    const lastEventId = request.headers['last-event-id']
    const assignments = assignmentsOf(
      { path: pathname, query: searchParams, lastEventId: lastEventId?.toString() },
      { name: this.#options.stream, topics: this.#options.topics },
      this.#log.partitions,
    )
    if ('status' in assignments) return void refuse(response, assignments.status, {}, assignments.body)
    await this.#stream(new EventStreamsConnection(this.#log, assignments, fault), response)
  }

  async #stream(connection: EventStreamsConnection, response: ServerResponse): Promise<void> {
    const closed = new AbortController()
    response.on('close', () => {
      closed.abort()
      connection.wake()
    })
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
    })
    response.flushHeaders()
    this.#connections.add(connection)
    try {
      for await (const bytes of connection.writes(closed.signal)) {
        this.sentBytes += bytes.length
        if (!response.write(bytes))
          await once(response, 'drain', { signal: closed.signal }).catch(() => undefined)
        else await turn()
      }
      if (connection.isCut) response.destroy()
      else response.end()
    } finally {
      this.#connections.delete(connection)
    }
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  const contentType = body.startsWith('{') ? 'application/json' : 'text/html; charset=utf-8'
  response.writeHead(status, { 'content-type': contentType, ...headers }).end(body)
}

/** Where EventStreams' own page and others find out which streams there are. */
function specOf(stream: string) {
  const parameters = [{ in: 'path', name: 'streams', schema: { type: 'array', items: { enum: [stream] } } }]
  return { paths: { '/v2/stream/{streams}': { get: { parameters } } } }
}
