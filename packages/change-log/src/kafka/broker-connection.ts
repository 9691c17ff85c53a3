import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js'
import protocol, { type ApiVersions, type Protocol } from 'kafkajs/src/protocol/requests/index.js'
import type { KafkaConnectionOptions } from './kafka-options.ts'
import { AnswerConnection, kafkajsLogger, openSocket } from './kafkajs.ts'
import type { KafkajsAnswers } from './kafkajs-answers.ts'
import type { BrokerAddress } from './requests/cluster-metadata.ts'
import type { Request } from './requests/request.ts'

/** A broker that does not take a connection within this time is away. */
const CONNECT_MS_MAX = 3_000
/** A large request may be under way for as long as it takes over a link of 4 MB a second. */
const BYTES_PER_MS_MIN = 4_000

/**
 * One connection to one broker, opened when it is used, and again after it broke. A broker answers one request of a connection
 * after the other, so what may wait there (a read at the tip, joining a group) has a connection of its own.
 */
export class BrokerConnection {
  readonly #connection: AnswerConnection
  readonly #requestTimeoutMs: number
  #opening: Promise<ApiVersions> | undefined
  /** What the broker understands, as of the last connection. */
  #versions: ApiVersions | undefined
  #isClosed = false

  constructor({ host, port }: Pick<BrokerAddress, 'host' | 'port'>, options: KafkaConnectionOptions) {
    this.#requestTimeoutMs = options.requestTimeoutMs
    this.#connection = new AnswerConnection({
      host,
      port,
      clientId: options.clientId,
      ssl: options.tls ?? null,
      sasl: options.sasl === undefined ? null : { ...options.sasl },
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: options.requestTimeoutMs,
      socketFactory: openSocket,
      logger: kafkajsLogger(options.logger),
    })
  }

  async send<T>({ apiKey, apiVersion, apiName, encode, decode }: Request<T>): Promise<T> {
    await this.#open()
    return this.#connection.send<T, { readonly answer: T }>({
      request: { apiKey, apiVersion, apiName, encode: async () => encode() },
      // kafkajs looks for a throttle time in what was decoded.
      response: {
        decode: async (payload) => ({ answer: decode(payload) }),
        parse: async ({ answer }) => answer,
      },
    })
  }

  /**
   * A request as kafkajs encodes it, in the newest version that both sides know. Error codes in the answer are left to the caller.
   * Joining a group has, from kafkajs, as long as the group may take to gather.
   */
  async call<Name extends keyof KafkajsAnswers>(
    name: Name,
    args: object,
    /** About how much is sent, where it is much. */
    bytes = 0,
  ): Promise<KafkajsAnswers[Name]> {
    const request = requestOf(await this.#open(), name, args)
    const timeoutMs = this.#requestTimeoutMs + bytes / BYTES_PER_MS_MIN
    return this.#connection.send({
      ...request,
      requestTimeout: Math.max(timeoutMs, request.requestTimeout ?? 0),
    })
  }

  /** For good: whoever asks or waits gets an error. */
  close(): void {
    this.#isClosed = true
    this.#connection.rejectRequests(closedError())
    void this.#connection.disconnect()
  }

  /** Shared by all who ask: kafkajs opens another socket for each. */
  #open(): Promise<ApiVersions> {
    if (this.#isClosed) return Promise.reject(closedError())
    if (this.#opening !== undefined) return this.#opening
    if (this.#versions !== undefined && this.#connection.isConnected()) return Promise.resolve(this.#versions)
    this.#opening = this.#connect().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #connect(): Promise<ApiVersions> {
    this.#versions = undefined
    await this.#connection.connect()
    if (this.#isClosed) {
      await this.#connection.disconnect()
      throw closedError()
    }
    const request = requestOf({ [API_VERSIONS]: { minVersion: 0, maxVersion: 2 } }, 'ApiVersions', {})
    const { apiVersions } = await this.#connection.send(request)
    const versions = Object.fromEntries(apiVersions.map(({ apiKey, ...range }) => [apiKey, range]))
    this.#connection.setVersions(versions)
    this.#connection.setSupportAuthenticationProtocol(true)
    await this.#connection.authenticate()
    this.#versions = versions
    return versions
  }
}

function closedError(): Error {
  return new Error('the connection to the broker was closed')
}

const API_VERSIONS = 18

function requestOf<Name extends keyof KafkajsAnswers>(
  versions: ApiVersions,
  name: Name,
  args: object,
): Protocol<KafkajsAnswers[Name], KafkajsAnswers[Name]> {
  const definition = protocol.requests[name]
  const apiKey = apiKeys[name]
  if (definition === undefined || apiKey === undefined) throw new Error(`kafkajs does not know ${name}`)
  const found = protocol.lookup(versions)(apiKey, definition)(args)
  const decode = found.response.decode as (payload: Buffer) => Promise<KafkajsAnswers[Name]>
  return { ...found, response: { decode, parse: async (answer) => answer } }
}
