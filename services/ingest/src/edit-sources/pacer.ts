import type { Clock } from '../clock.ts'

/** Plays moments of the past at a factor of their pace; one that is earlier than the one before it is due at once. */
export class Pacer {
  readonly #pace: 'as-fast-as-possible' | number
  readonly #clock: Clock
  #start: undefined | { readonly momentMs: number; readonly clockMs: number }

  constructor(pace: 'as-fast-as-possible' | number, clock: Clock) {
    this.#pace = pace
    this.#clock = clock
  }

  /** The next moment is due at once. */
  restart(): void {
    this.#start = undefined
  }

  async wait(momentMs: number, signal: AbortSignal): Promise<void> {
    if (this.#pace === 'as-fast-as-possible') return
    const nowMs = this.#clock.now()
    this.#start ??= { momentMs, clockMs: nowMs }
    const dueMs = this.#start.clockMs + (momentMs - this.#start.momentMs) / this.#pace
    if (dueMs > nowMs) await this.#clock.sleep(dueMs - nowMs, signal)
  }
}
