import { setTimeout as sleep } from 'node:timers/promises'
import { type ChangeLog, ChangeLogError } from '@freshet/change-log'
import { EDITS_TOPIC } from '@freshet/events'
import { ENRICHER_GROUP, type Enricher } from './enricher.ts'
import { setEnrichLag } from './metrics.ts'

const REFRESH_MS = 250

/** How far the enricher is behind the intake: for the metrics, and to slow a source that is too fast. */
export class EnrichLag {
  readonly #log: ChangeLog
  readonly #enricher: Enricher
  #records = 0
  #outage: string | undefined

  constructor(log: ChangeLog, enricher: Enricher) {
    this.#log = log
    this.#enricher = enricher
  }

  get records(): number {
    return this.#records
  }

  /** Why the log could not be asked; undefined when it answers. */
  get outage(): string | undefined {
    return this.#outage
  }

  /** Keeps the figures fresh until the signal aborts, also over outages of the log. Rejects with what waiting cannot mend. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#refresh()
        this.#outage = undefined
      } catch (error) {
        if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
        this.#outage = error.message
      }
      await sleep(REFRESH_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #refresh(): Promise<void> {
    const [bounds, committed] = await Promise.all([
      this.#log.bounds(EDITS_TOPIC),
      this.#log.committed(ENRICHER_GROUP, EDITS_TOPIC),
    ])
    this.#records = bounds.reduce(
      (sum, { end }, partition) => sum + Number(end - (committed[partition] ?? 0n)),
      0,
    )
    setEnrichLag(this.#records, this.#seconds())
  }

  #seconds(): number {
    const upTo = this.#enricher.enrichedUpTo
    return this.#records === 0 || upTo === undefined ? 0 : Math.max(0, Date.now() - Date.parse(upTo)) / 1_000
  }
}
