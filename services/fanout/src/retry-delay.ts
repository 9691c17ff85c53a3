const FIRST_MS = 100
const MS_MAX = 5_000

/** How long to wait before the log is asked again: doubling, up to five seconds, with jitter against all asking at once. */
export class RetryDelay {
  #ceilingMs = FIRST_MS

  nextMs(): number {
    const ceilingMs = this.#ceilingMs
    this.#ceilingMs = Math.min(MS_MAX, ceilingMs * 2)
    return ceilingMs * (0.5 + Math.random() / 2)
  }

  reset(): void {
    this.#ceilingMs = FIRST_MS
  }
}
