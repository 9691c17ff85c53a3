import type { Code, Framing, GapReason, WatchListFacts } from '@freshet/protocol'
import { Counter, Gauge, Histogram } from 'prom-client'
import { logger } from './logger.ts'

const connections = new Gauge({
  name: 'freshet_fanout_connections',
  help: 'Open connections of partners.',
  labelNames: ['transport'],
})
const subscribers = new Gauge({
  name: 'freshet_fanout_subscribers',
  help: 'Open subscriptions; a WebSocket may hold several.',
  labelNames: ['transport'],
})
const written = {
  sse: { changes: 0, bytes: 0 },
  ndjson: { changes: 0, bytes: 0 },
  websocket: { changes: 0, bytes: 0 },
}
const deliveries = new Counter({
  name: 'freshet_fanout_deliveries_total',
  help: 'Changes written to partners.',
  labelNames: ['transport'],
  collect: countWritten,
})
const bytesSent = new Counter({
  name: 'freshet_fanout_bytes_sent_total',
  help: 'Bytes of frames written to partners.',
  labelNames: ['transport'],
  collect: countWritten,
})
const deliveryLatency = new Histogram({
  name: 'freshet_fanout_delivery_latency_seconds',
  help: 'From a change being in the log to its being written to live subscribers, once for all that got the same bytes.',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
})
const lagRecords = new Gauge({
  name: 'freshet_fanout_lag_records',
  help: 'Records of the log still ahead of the subscriber that is farthest behind.',
  aggregator: 'max',
})
const lagSeconds = new Gauge({
  name: 'freshet_fanout_lag_seconds',
  help: 'Age of the newest record that the subscriber farthest behind has passed.',
  aggregator: 'max',
})
const closes = new Counter({
  name: 'freshet_fanout_closes_total',
  help: 'Subscriptions that Freshet ended, by code.',
  labelNames: ['code'],
})
const refusals = new Counter({
  name: 'freshet_fanout_refusals_total',
  help: 'Requests and messages of partners that were answered with an error, by code.',
  labelNames: ['code'],
})
const gaps = new Counter({
  name: 'freshet_fanout_gaps_total',
  help: 'Ranges of the log that a subscriber was told it cannot have.',
  labelNames: ['reason'],
})
const tailBytes = new Gauge({
  name: 'freshet_fanout_tail_bytes',
  help: 'Memory that the newest changes and their frames take.',
})
const filtersInUse = new Gauge({
  name: 'freshet_fanout_filters',
  help: 'Different filters in use.',
})
const watchLists = new Gauge({
  name: 'freshet_fanout_watch_lists',
  help: 'Watch-lists that filters may name.',
  aggregator: 'max',
})
const watchListEntries = new Gauge({
  name: 'freshet_fanout_watch_list_entries',
  help: 'Entries of all watch-lists.',
  aggregator: 'max',
})
const watchListBytes = new Gauge({
  name: 'freshet_fanout_watch_list_bytes',
  help: 'Memory that the watch-lists take.',
})
const unsentBytes = new Gauge({
  name: 'freshet_fanout_unsent_bytes',
  help: 'Bytes written to partners that they have not taken yet.',
})
const dictionaryBytes = { uncompressed: 0, compressed: 0 }
const withDictionary = new Counter({
  name: 'freshet_fanout_dictionary_bytes_total',
  help: 'Bytes of changes that were compressed with a dictionary, before and after; each once for all who got them.',
  labelNames: ['form'],
  collect: () => {
    for (const form of ['uncompressed', 'compressed'] as const) {
      withDictionary.inc({ form }, dictionaryBytes[form])
      dictionaryBytes[form] = 0
    }
  },
})
const logFailures = new Counter({
  name: 'freshet_fanout_log_failures_total',
  help: 'Reads of the log that failed and are tried again.',
})

export interface Delivered {
  readonly transport: Framing
  readonly changes: number
  readonly bytes: number
}

export function onConnectionOpened(transport: Framing): void {
  connections.inc({ transport })
}

export function onConnectionClosed(transport: Framing): void {
  connections.dec({ transport })
}

export function onSubscribed(transport: Framing, facts: { id: string; parts: string; cursor: string }): void {
  subscribers.inc({ transport })
  logger.info({ transport, ...facts }, 'subscribed')
}

export function onUnsubscribed(transport: Framing, facts: { id: string; cursor: string | undefined }): void {
  subscribers.dec({ transport })
  logger.info({ transport, ...facts }, 'subscription ended')
}

export function onDelivered({ transport, changes, bytes }: Delivered): void {
  written[transport].changes += changes
  written[transport].bytes += bytes
}

/** Live subscribers were written to; the newest of the changes was in the log for so long. */
export function onLiveDelivery(latencyMs: number): void {
  deliveryLatency.observe(latencyMs / 1_000)
}

/** Looking up a counter costs as much as a delivery may, so it is only done when somebody asks. */
function countWritten(): void {
  for (const [transport, counted] of Object.entries(written)) {
    deliveries.inc({ transport }, counted.changes)
    bytesSent.inc({ transport }, counted.bytes)
    counted.changes = counted.bytes = 0
  }
}

export function onClosing(code: Code, reason: string): void {
  closes.inc({ code })
  logger.info({ code, reason }, 'closing a subscription')
}

export function onRefused(code: Code, message: string): void {
  refusals.inc({ code })
  logger.info({ code, message }, 'refused a request')
}

/** A partner's socket broke, or said what is no WebSocket. */
export function onSocketError(error: Error): void {
  logger.info({ err: error }, 'a socket failed')
}

export function onGap(reason: GapReason, from: string, to: string): void {
  gaps.inc({ reason })
  logger.warn({ reason, from, to }, 'told a subscriber of a gap')
}

export function onCompressedWithDictionary(uncompressed: number, compressed: number): void {
  dictionaryBytes.uncompressed += uncompressed
  dictionaryBytes.compressed += compressed
}

export function onDictionariesUnreadable(error: unknown): void {
  logger.warn({ err: error }, 'the dictionaries cannot be read; trying again')
}

export function onLogUnreadable(error: Error): void {
  logFailures.inc()
  logger.error({ err: error }, 'the log cannot be read')
}

export function onLogReadable(): void {
  logger.info('the log can be read again')
}

export function onWatchListRead({ name, of, entries, version }: WatchListFacts, tookMs: number): void {
  logger.info({ name, of, entries, version, tookMs: Math.round(tookMs) }, 'read a watch-list')
}

export function onWatchListDeleted(name: string): void {
  logger.info({ name }, 'a watch-list was deleted')
}

/** Nothing can be delivered any more. */
export function onTailFailed(error: unknown): void {
  logger.fatal({ err: error }, 'the log cannot be followed, and waiting will not mend it')
}

export function onBrokenPromise(error: unknown): void {
  logger.error({ err: error }, 'failed for a reason of our own')
}

export interface Sizes {
  readonly lagRecords: number
  readonly lagMs: number
  readonly tailBytes: number
  readonly filters: number
  readonly watchLists: number
  readonly watchListEntries: number
  readonly watchListBytes: number
  readonly unsentBytes: number
}

export function setSizes(sizes: Sizes): void {
  lagRecords.set(sizes.lagRecords)
  lagSeconds.set(sizes.lagMs / 1_000)
  tailBytes.set(sizes.tailBytes)
  filtersInUse.set(sizes.filters)
  watchLists.set(sizes.watchLists)
  watchListEntries.set(sizes.watchListEntries)
  watchListBytes.set(sizes.watchListBytes)
  unsentBytes.set(sizes.unsentBytes)
}
