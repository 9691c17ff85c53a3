import { BrokerConnection } from './broker-connection.ts'
import type { KafkaConnectionOptions } from './kafka-options.ts'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Connections for one use, at most one to each broker, opened as they are needed. */
export class BrokerConnections {
  readonly #options: KafkaConnectionOptions
  readonly #connections = new Map<string, BrokerConnection>()
  #isClosed = false

  constructor(options: KafkaConnectionOptions) {
    this.#options = options
  }

  to({ host, port }: HostPort): BrokerConnection {
    const address = `${host}:${port}`
    const known = this.#connections.get(address)
    if (known !== undefined) return known
    const connection = new BrokerConnection({ host, port }, this.#options)
    // Whoever asks for one now is refused by it: nobody would close it any more.
    if (this.#isClosed) connection.close()
    else this.#connections.set(address, connection)
    return connection
  }

  /** For good. */
  close(): void {
    this.#isClosed = true
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
  }
}
