import type { Clock } from '../clock.ts'
import { imposedDelayMs, retryDelayMs } from './retry-delay.ts'

/** After a refusal the wiki is left alone for so long, rather than asked again with every edit. */
const REFUSAL_PAUSE_MS = 10_000

export interface WikiPaceOptions {
  readonly concurrencyPerWiki: number
  readonly batchRevisionsMax: number
  readonly clock: Clock
  readonly random: () => number
}

/**
 * How fast one wiki may be asked. While it fails, a single request at a time tries whether it is back, with ever
 * smaller batches, since a request can also fail for being too much to ask.
 */
export class WikiPace {
  readonly #options: WikiPaceOptions
  #failures = 0
  #notBeforeMs = 0
  #refusedUntilMs = 0

  constructor(options: WikiPaceOptions) {
    this.#options = options
  }

  /** Before then the wiki is not to be asked. */
  get notBeforeMs(): number {
    return this.#notBeforeMs
  }

  get isRefused(): boolean {
    return this.#options.clock.now() < this.#refusedUntilMs
  }

  get concurrency(): number {
    return this.#failures > 0 ? 1 : this.#options.concurrencyPerWiki
  }

  get batchRevisions(): number {
    return Math.max(1, this.#options.batchRevisionsMax >> this.#failures)
  }

  noteAnswer(): void {
    this.#failures = 0
  }

  /** Returns how long the wiki is left alone, in ms. */
  noteFailure(askedAtMs: number, retryAfterMs: number | undefined): number {
    const { clock, random } = this.#options
    // Requests that were under way together fail together; that is one failure, not many.
    if (askedAtMs >= this.#notBeforeMs) this.#failures++
    const waitMs =
      retryAfterMs === undefined
        ? retryDelayMs(Math.max(1, this.#failures), random)
        : imposedDelayMs(retryAfterMs, random)
    this.#notBeforeMs = Math.max(this.#notBeforeMs, clock.now() + waitMs)
    return waitMs
  }

  noteRefusal(): void {
    this.#refusedUntilMs = this.#options.clock.now() + REFUSAL_PAUSE_MS
  }
}
