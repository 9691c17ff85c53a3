import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { ProtocolError } from '@freshet/protocol'
import type { FanoutContext } from '../context.ts'
import { setSizes } from '../metrics.ts'
import type { Lag } from '../subscription/subscription.ts'
import type { Transport } from '../transport/transport.ts'
import { Connection } from './connection.ts'

/** Other work has its turn after so much time. */
const RENEWAL_SLICE_MS = 4

/** All connections, within their bound. */
export class Connections {
  readonly #context: FanoutContext
  readonly #connections = new Set<Connection>()
  /** Admitted, with the transport still to come. */
  #reserved = 0
  /** That all of them have not taken yet, as of the last tick. */
  #unsentBytes = 0
  #isDraining = false
  #isRenewing = false
  /** A watch-list has changed since the connections were last gone through from the first. */
  #isRenewalDue = false

  constructor(context: FanoutContext) {
    this.#context = context
  }

  get size(): number {
    return this.#connections.size
  }

  /** Keeps room for one more connection while `open` works on it. Throws as `assertRoom` does. */
  async withRoom<T>(open: () => Promise<T>): Promise<T> {
    this.assertRoom()
    this.#reserved++
    try {
      return await open()
    } finally {
      this.#reserved--
    }
  }

  /** Throws a `ProtocolError`, to be answered with 503 and Retry-After, when there is no room for another connection. */
  assertRoom(): void {
    this.assertOpen()
    const { connectionsMax, unsentBytesTotalMax } = this.#context.settings
    if (this.#connections.size + this.#reserved >= connectionsMax) {
      throw new ProtocolError(
        'overloaded',
        `this server holds its ${connectionsMax} connections already`,
        'Try again later; put several subscriptions on one WebSocket.',
      )
    }
    if (this.#unsentBytes >= unsentBytesTotalMax) {
      throw new ProtocolError(
        'overloaded',
        'too much is waiting for partners that read slowly',
        'Try again later.',
      )
    }
  }

  /** Throws a `ProtocolError` while the server takes no new connections. */
  assertOpen(): void {
    if (!this.#isDraining) return
    throw new ProtocolError('draining', 'this server is shutting down', 'Connect again, with your cursor.')
  }

  add(transport: Transport, mainSubscription: string | undefined): Connection {
    const connection = new Connection(this.#context, transport, mainSubscription)
    this.#connections.add(connection)
    void transport.closed.then(() => {
      this.#connections.delete(connection)
      connection.gone()
    })
    return connection
  }

  /** Has all filters go by the watch-lists as they are now, one connection after the other: each from a place of its own. */
  async renewFilters(): Promise<void> {
    this.#isRenewalDue = true
    if (this.#isRenewing) return
    this.#isRenewing = true
    let sliceEndMs = performance.now() + RENEWAL_SLICE_MS
    while (this.#isRenewalDue) {
      this.#isRenewalDue = false
      for (const connection of [...this.#connections]) {
        connection.renewFilters()
        if (performance.now() < sliceEndMs) continue
        await nextTurn()
        sliceEndMs = performance.now() + RENEWAL_SLICE_MS
      }
    }
    this.#isRenewing = false
  }

  tick(nowMs: number, isLogReadable: boolean): void {
    let most: Lag = { records: 0, ms: 0 }
    this.#unsentBytes = 0
    for (const connection of this.#connections) {
      this.#unsentBytes += connection.transport.pendingBytes
      connection.tick(nowMs, isLogReadable)
      const lag = connection.lag(nowMs)
      if (lag.records > most.records) most = lag
    }
    const { tail, filters, watchLists } = this.#context
    setSizes({
      lagRecords: most.records,
      lagMs: most.ms ?? 0,
      tailBytes: tail.bytes,
      filters: filters.size,
      watchLists: watchLists.lists.size,
      watchListEntries: watchLists.lists.values().reduce((sum, { entries }) => sum + entries, 0),
      watchListBytes: watchLists.bytes,
      unsentBytes: this.#unsentBytes,
    })
  }

  /**
   * Takes no more connections and closes those there are, evenly spread over the window so that they do not all come
   * back elsewhere in the same instant. Resolves when the last is gone.
   */
  async drain(windowMs: number): Promise<void> {
    this.#isDraining = true
    const connections = [...this.#connections]
    for (const connection of connections) {
      connection.close('draining', 'this server is shutting down')
      if (windowMs > 0) await delay(windowMs / connections.length)
    }
    await Promise.all(connections.map(({ transport }) => transport.closed))
  }
}
