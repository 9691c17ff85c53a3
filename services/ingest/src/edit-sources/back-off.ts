export interface BackOffOptions {
  readonly initialMs: number
  readonly maxMs: number
}

/**
 * Exponential back-off with full jitter: a random time up to a bound that doubles, so that clients that were cut off
 * together do not come back together.
 */
export class BackOff {
  readonly #options: BackOffOptions
  readonly #random: () => number
  #failures = 0

  constructor(options: BackOffOptions, random: () => number) {
    this.#options = options
    this.#random = random
  }

  nextDelayMs(): number {
    const boundMs = Math.min(this.#options.maxMs, this.#options.initialMs * 2 ** this.#failures)
    this.#failures += 1
    return Math.round(this.#random() * boundMs)
  }

  /** For what only a person can mend: between half of the longest delay and all of it. */
  longDelayMs(): number {
    return Math.round((0.5 + this.#random() / 2) * this.#options.maxMs)
  }

  reset(): void {
    this.#failures = 0
  }
}
