import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ChangeLog } from '@freshet/change-log'
import type { Readiness } from '@freshet/service'
import type { FastifyInstance } from 'fastify'
import { ChangeIndex } from './change-index.ts'
import type { IngestSettings } from './config.ts'
import { DictionaryPublisher } from './dictionary-publisher.ts'
import type { EditSource } from './edit-sources/edit-source.ts'
import { EnrichLag } from './enrich-lag.ts'
import { Enricher } from './enricher.ts'
import { Intake } from './intake.ts'
import { observeTexts } from './metrics.ts'
import { PartMaker } from './parts/part-maker.ts'
import { openRevisionTexts } from './revision-texts/open-revision-texts.ts'
import type { StoredRevisionTexts } from './revision-texts/stored-revision-texts.ts'
import { dictionariesRoute } from './routes/dictionaries.ts'
import { intakeRoutes } from './routes/intake-routes.ts'
import { schemasRoutes } from './routes/schemas.ts'
import { runSource } from './source-runner.ts'
import { topicSpecs } from './topics.ts'

export interface IngestOptions {
  readonly log: ChangeLog
  /** Holds what can be rebuilt: the kept texts and the index of changes. */
  readonly directory: string
  readonly settings: IngestSettings
  /** Undefined: edits come by HTTP only. */
  readonly source: EditSource | undefined
}

const HOUR_MS = 3_600_000
const PRUNE_INTERVAL_MS = HOUR_MS

/** Edits in, article changes out. */
export class Ingest implements AsyncDisposable {
  readonly #options: IngestOptions
  readonly #texts: StoredRevisionTexts
  readonly #index: ChangeIndex
  readonly #parts: PartMaker
  readonly #enricher: Enricher
  readonly #lag: EnrichLag
  readonly #intake: Intake

  static async open(options: IngestOptions): Promise<Ingest> {
    await ensureIngestTopics(options.log, options.settings)
    mkdirSync(options.directory, { recursive: true })
    return new Ingest(options)
  }

  private constructor(options: IngestOptions) {
    const { log, directory, settings } = options
    this.#options = options
    const { texts, upstream } = openRevisionTexts(join(directory, 'texts.sqlite'), settings)
    this.#texts = texts
    this.#index = new ChangeIndex(log, join(directory, 'change-index.sqlite'))
    this.#parts = new PartMaker({
      parts: settings.parts,
      threads: settings.partThreads ?? Math.max(1, availableParallelism() - 1),
      deadlineMs: settings.partDeadlineMs,
    })
    this.#enricher = new Enricher({ log, texts, index: this.#index, parts: this.#parts })
    this.#lag = new EnrichLag(log, this.#enricher)
    this.#intake = new Intake(log, { pendingBytesMax: settings.pendingBytesMax })
    observeTexts(() => ({ ...upstream.stats, ...texts.stats }))
  }

  register(app: FastifyInstance): void {
    intakeRoutes(app, this.#intake, this.#options.settings)
    dictionariesRoute(app, new DictionaryPublisher(this.#options.log))
    schemasRoutes(app)
  }

  /** Runs until the signal aborts. Rejects when one of its loops cannot go on; the others are stopped then. */
  async run(signal: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const running = AbortSignal.any([signal, failed.signal])
    const loops = [this.#enricher.run(running), this.#lag.run(running), this.#readSource(running)]
    const pruning = setInterval(() => this.#index.prune().catch(() => undefined), PRUNE_INTERVAL_MS)
    try {
      await Promise.all(loops)
    } finally {
      clearInterval(pruning)
      failed.abort()
      await Promise.allSettled(loops)
    }
  }

  /** Ready when the log answers, and the source is connected, at its end, or there is none to be. */
  readiness(): Readiness {
    const { outage } = this.#lag
    if (outage !== undefined) return { isReady: false, detail: `the log cannot be reached: ${outage}` }
    const { source } = this.#options
    if (source === undefined) return { isReady: true, detail: 'no source: edits come by HTTP' }
    const { state, detail } = source.status()
    return { isReady: state === 'connected' || state === 'ended', detail }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts[Symbol.asyncDispose]()
    await this.#texts[Symbol.asyncDispose]()
    this.#index[Symbol.dispose]()
  }

  async #readSource(signal: AbortSignal): Promise<void> {
    const { log, source, settings } = this.#options
    if (source === undefined) return
    const lagRecords = () => this.#lag.records
    await runSource({ log, source, lagRecords, lagRecordsMax: settings.lagRecordsMax }, signal)
  }
}

/** Creates or checks the topics that ingest writes, with the retention that the settings say. */
export async function ensureIngestTopics(log: ChangeLog, settings: IngestSettings): Promise<void> {
  const specs = topicSpecs({
    partitions: settings.partitions,
    editsRetentionMs: settings.editsRetentionHours * HOUR_MS,
    changesRetentionMs: settings.changesRetentionHours * HOUR_MS,
    changesRetentionBytes: settings.changesRetentionBytes,
    deadLettersRetentionMs: settings.deadLettersRetentionHours * HOUR_MS,
  })
  await log.ensureTopics(specs)
}
