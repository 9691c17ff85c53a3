export interface BackOffOptions {
  /** The bound of the first delay. */
  readonly initialMs: number
  readonly maxMs: number
}

/**
 * How long to wait before the next attempt: a random time up to a bound that doubles, so that clients which were cut off
 * together do not come back together.
 */
export class BackOff {
  readonly #options: BackOffOptions
  readonly #random: () => number
  #attempts = 0

  constructor(options: BackOffOptions, random: () => number) {
    this.#options = options
    this.#random = random
  }

  /** Attempts that were waited for since the last success. */
  get attempts(): number {
    return this.#attempts
  }

  nextDelayMs(): number {
    const boundMs = Math.min(this.#options.maxMs, this.#options.initialMs * 2 ** this.#attempts)
    this.#attempts += 1
    return Math.round(this.#random() * boundMs)
  }

  reset(): void {
    this.#attempts = 0
  }
}
