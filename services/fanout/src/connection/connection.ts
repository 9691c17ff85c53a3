import type { CloseCode, Cursor, Part } from '@freshet/protocol'
import type { FanoutContext } from '../context.ts'
import type { SharedFilter } from '../matching/shared-filters.ts'
import { onConnectionClosed, onConnectionOpened, onSubscribed, onUnsubscribed } from '../metrics.ts'
import { representationOf } from '../representation/representation-of.ts'
import type { Admission } from '../subscription/admission.ts'
import { Delivery } from '../subscription/delivery.ts'
import { type Closing, type Lag, Subscription } from '../subscription/subscription.ts'
import type { Transport } from '../transport/transport.ts'

/** One transport with the subscriptions on it. */
export class Connection {
  readonly transport: Transport
  readonly #context: FanoutContext
  readonly #subscriptions = new Map<string, Subscription>()
  /** Ends when this subscription is complete and no other is open; a stream over HTTP, or what a URL asked for. */
  readonly #mainSubscription: string | undefined
  #heartbeatMs: number

  constructor(context: FanoutContext, transport: Transport, mainSubscription: string | undefined) {
    this.#context = context
    this.transport = transport
    this.#mainSubscription = mainSubscription
    this.#heartbeatMs = context.clock()
    onConnectionOpened(transport.framing)
  }

  get size(): number {
    return this.#subscriptions.size
  }

  has(id: string): boolean {
    return this.#subscriptions.has(id)
  }

  /** Opens a subscription and delivers until it ends. `acknowledge` is called with its cursor before anything else. */
  open(
    id: string,
    { filter, parts, batch, start, end }: Admission,
    acknowledge: (cursor: Cursor) => void,
  ): void {
    const { transport } = this
    const { log, tail, broadcast, settings, clock } = this.#context
    const { unsentBytesMax, readBatchBytesMax, progressIntervalMs } = settings
    const representation = representationOf(transport, parts, id, batch)
    const options = {
      log,
      tail,
      broadcast,
      delivery: new Delivery({ transport, filter, representation, unsentBytesMax, clock }),
      end,
      readBatchBytesMax,
      progressIntervalMs,
      slow: this.#context.slow,
      clock,
      onEnd: (closing: Closing | undefined) => this.#ended(id, closing),
    }
    const subscription = new Subscription(options, start)
    this.#subscriptions.set(id, subscription)
    onSubscribed(transport.framing, { id, parts: parts.join(','), cursor: subscription.cursor })
    acknowledge(subscription.cursor)
    subscription.run()
  }

  /** Changes what is given from the cursor on that it returns; undefined when there is no such subscription. */
  update(
    id: string,
    filter: SharedFilter | undefined,
    parts: readonly Part[] | undefined,
    batch: number | undefined,
  ): Cursor | undefined {
    const subscription = this.#subscriptions.get(id)
    if (subscription === undefined) return undefined
    const { representation } = subscription
    if (parts === undefined && batch === undefined) return subscription.update(filter, undefined)
    const [wanted, batchMax] = [parts ?? [...representation.parts], batch ?? representation.batchMax]
    return subscription.update(filter, representationOf(this.transport, wanted, id, batchMax))
  }

  /** Has all filters go by the watch-lists as they are now. */
  renewFilters(): void {
    for (const subscription of this.#subscriptions.values()) subscription.renewFilter()
  }

  /** Returns the cursor reached; undefined when there is no such subscription. */
  unsubscribe(id: string): Cursor | undefined {
    const subscription = this.#subscriptions.get(id)
    subscription?.end()
    return subscription?.cursor
  }

  /** To be called every second or so. */
  tick(nowMs: number, isLogReadable: boolean): void {
    for (const subscription of this.#subscriptions.values()) subscription.tick(nowMs, isLogReadable)
    const { heartbeatIntervalMs } = this.#context.settings
    if (nowMs - this.#heartbeatMs >= heartbeatIntervalMs) this.#heartbeat(nowMs, nowMs - heartbeatIntervalMs)
  }

  /** That of the subscription that is farthest behind. */
  lag(nowMs: number): Lag {
    const lags = [...this.#subscriptions.values()].map((subscription) => subscription.lag(nowMs))
    return lags.reduce((most, lag) => (lag.records > most.records ? lag : most), { records: 0, ms: 0 })
  }

  /** Every subscription is told, then the transport is closed. */
  close(code: CloseCode, reason: string): void {
    for (const subscription of this.#subscriptions.values()) subscription.close(code, reason)
    this.transport.close(code, reason)
  }

  /** The transport has closed. */
  gone(): void {
    onConnectionClosed(this.transport.framing)
    for (const subscription of this.#subscriptions.values()) subscription.end()
  }

  /** Browsers do not show pings to a page, so on a WebSocket a quiet subscription tells its progress as well. */
  #heartbeat(nowMs: number, quietSinceMs: number): void {
    this.#heartbeatMs = nowMs
    if (this.transport.framing === 'websocket') {
      for (const subscription of this.#subscriptions.values()) {
        if (subscription.toldMs <= quietSinceMs) subscription.tellProgress()
      }
    }
    this.transport.heartbeat()
    if (!this.transport.isResponsive) this.close('unresponsive', 'did not answer a ping')
  }

  /** A subscription that is complete ends alone; whatever else ends one concerns the whole connection. */
  #ended(id: string, closing: Closing | undefined): void {
    const { framing } = this.transport
    onUnsubscribed(framing, { id, cursor: this.#subscriptions.get(id)?.cursor })
    this.#subscriptions.delete(id)
    if (closing === undefined) return
    if (closing.code !== 'complete') this.close(closing.code, closing.reason)
    else if (id === this.#mainSubscription && this.size === 0)
      this.transport.close(closing.code, closing.reason)
  }
}
