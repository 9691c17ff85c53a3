import { once } from 'node:events'
import type { Clock, StreamTiming } from '../stream/clock.ts'

/** The liveness time-out of streams under test; no other delay is as long. */
export const LIVENESS_MS = 1_000_000

/** Back-off takes no time, and the liveness time-out strikes when the test says so; the two are told apart by their length. */
export class TestTiming implements StreamTiming {
  readonly delaysMs: number[] = []
  readonly random: () => number
  readonly clock: Clock = {
    now: () => this.#nowMs,
    sleep: (delayMs, signal) => this.#sleep(delayMs, signal),
  }
  #nowMs = Date.UTC(2026, 7, 1)
  #struck = Promise.withResolvers<void>()

  constructor(random: () => number = () => 1) {
    this.random = random
  }

  pass(ms: number): void {
    this.#nowMs += ms
  }

  timeOut(): void {
    this.#struck.resolve()
    this.#struck = Promise.withResolvers()
  }

  async #sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs === LIVENESS_MS)
      return void (await Promise.race([this.#struck.promise, once(signal, 'abort')]))
    this.delaysMs.push(delayMs)
    this.#nowMs += delayMs
    await new Promise(setImmediate)
  }
}
