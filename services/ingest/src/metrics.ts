import { Counter, Gauge, Histogram } from 'prom-client'
import type { DeadLetter } from './dead-letter.ts'
import type { SkipReason } from './edit-sources/edit-source.ts'
import { logger } from './logger.ts'
import type { MediawikiRevisionTextsStats } from './revision-texts/mediawiki-revision-texts.ts'
import type { StoredRevisionTextsStats } from './revision-texts/stored-revision-texts.ts'

const editsTaken = new Counter({
  name: 'freshet_ingest_edits_total',
  help: 'Edits appended to the log, by where they came from.',
  labelNames: ['source'],
})
const skipped = new Counter({
  name: 'freshet_ingest_skipped_total',
  help: 'Events passed by because they change no page of a chosen wiki.',
  labelNames: ['reason'],
})
const deadLettersKept = new Counter({
  name: 'freshet_ingest_dead_letters_total',
  help: 'Inputs that could not be read and were kept as dead letters.',
  labelNames: ['source'],
})
const changesPublished = new Counter({
  name: 'freshet_ingest_changes_total',
  help: 'Article changes appended to the log.',
  labelNames: ['kind'],
})
const repeatsDropped = new Counter({
  name: 'freshet_ingest_repeats_total',
  help: 'Edits that had been taken in before and made no second change.',
})
const textsUnavailable = new Counter({
  name: 'freshet_ingest_texts_unavailable_total',
  help: 'Article changes whose text, or the text before, was not to be had.',
  labelNames: ['reason'],
})
const partsCoarse = new Counter({
  name: 'freshet_ingest_coarse_changes_total',
  help: 'Article changes of pages that took too long to work out, and got the coarse form.',
})
const enrichLagRecords = new Gauge({
  name: 'freshet_ingest_enrich_lag_records',
  help: 'Edits in the log that have not become article changes yet.',
})
const enrichLagSeconds = new Gauge({
  name: 'freshet_ingest_enrich_lag_seconds',
  help: 'Time since the newest edit that became an article change was taken in, while others wait.',
})
const enrichLatency = new Histogram({
  name: 'freshet_ingest_enrich_latency_seconds',
  help: 'From the edit being taken in to its article change being durable.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
})

/** What the metrics below are read from when they are asked for. */
let observedTexts: (() => TextStats) | undefined

export interface TextStats extends StoredRevisionTextsStats, MediawikiRevisionTextsStats {}

new Counter({
  name: 'freshet_ingest_mediawiki_requests_total',
  help: 'Requests sent to MediaWiki APIs; "again" are those that asked for a revision again.',
  labelNames: ['try'],
  collect() {
    const { requests, retries } = observedTexts?.() ?? NO_TEXTS
    this.reset()
    this.inc({ try: 'first' }, requests - retries)
    this.inc({ try: 'again' }, retries)
  },
})
new Counter({
  name: 'freshet_ingest_text_store_lookups_total',
  help: 'Texts looked for in the store on disk, by whether they were there.',
  labelNames: ['outcome'],
  collect() {
    const { storeHits, storeMisses } = observedTexts?.() ?? NO_TEXTS
    this.reset()
    this.inc({ outcome: 'hit' }, storeHits)
    this.inc({ outcome: 'miss' }, storeMisses)
  },
})
new Gauge({
  name: 'freshet_ingest_text_store_bytes',
  help: 'Disk that the kept revision texts take.',
  collect() {
    this.set((observedTexts?.() ?? NO_TEXTS).storeBytes)
  },
})
const NO_TEXTS: TextStats = { requests: 0, retries: 0, storeHits: 0, storeMisses: 0, storeBytes: 0 }

export function observeTexts(stats: () => TextStats): void {
  observedTexts = stats
}

export function onEditsTaken(source: string, count: number): void {
  editsTaken.inc({ source }, count)
}

export function onSkipped(reason: SkipReason): void {
  skipped.inc({ reason })
}

export function onDeadLetters(deadLetters: readonly DeadLetter[]): void {
  const [first] = deadLetters
  if (first === undefined) return
  for (const { source } of deadLetters) deadLettersKept.inc({ source })
  const { source, position, reason } = first
  logger.warn({ count: deadLetters.length, source, position, reason }, 'kept dead letters, the first is')
}

export function onChangePublished(kind: string, receivedAt: string): void {
  changesPublished.inc({ kind })
  enrichLatency.observe(Math.max(0, Date.now() - Date.parse(receivedAt)) / 1_000)
}

export function onRepeatsDropped(count: number): void {
  repeatsDropped.inc(count)
}

export function onTextUnavailable(reason: string): void {
  textsUnavailable.inc({ reason })
}

export function setEnrichLag(records: number, seconds: number): void {
  enrichLagRecords.set(records)
  enrichLagSeconds.set(seconds)
}

export function onPartsCoarse(title: string): void {
  partsCoarse.inc()
  logger.warn({ title }, 'a page took too long to work out: its change is coarse')
}
