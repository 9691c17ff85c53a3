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

  constructor(options: KafkaConnectionOptions) {
    this.#options = options
  }

  to({ host, port }: HostPort): BrokerConnection {
    const address = `${host}:${port}`
    const known = this.#connections.get(address)
    if (known !== undefined) return known
    const connection = new BrokerConnection({ host, port }, this.#options)
    this.#connections.set(address, connection)
    return connection
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
  }
}
