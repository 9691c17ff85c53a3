import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../clock.ts'

interface Sleeper {
  readonly wakeAtMs: number
  readonly wake: () => void
}

/** A clock for tests that waits for nothing: when no request is under way, it jumps to the next one who sleeps. */
export class SimulatedTime implements Clock {
  /** Every sleep that was asked for, in ms. */
  readonly sleptMs: number[] = []
  #nowMs = Date.UTC(2024, 0, 1)
  #requests = 0
  #isPassing = false
  readonly #sleepers = new Set<Sleeper>()

  now(): number {
    return this.#nowMs
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    this.sleptMs.push(delayMs)
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = () => resolve()
    const sleeper = { wakeAtMs: this.#nowMs + delayMs, wake }
    this.#sleepers.add(sleeper)
    signal.addEventListener('abort', wake, { once: true })
    if (!this.#isPassing) void this.#pass()
    await promise
    this.#sleepers.delete(sleeper)
    signal.removeEventListener('abort', wake)
  }

  /** `fetch`, during which time stands still, until the body is there too. */
  readonly fetch: typeof fetch = async (input, init) => {
    this.#requests++
    try {
      const response = await fetch(input, init)
      return new Response(await response.arrayBuffer(), {
        status: response.status,
        headers: response.headers,
      })
    } finally {
      this.#requests--
    }
  }

  async #pass(): Promise<void> {
    this.#isPassing = true
    while (this.#sleepers.size > 0) {
      await nextTurn()
      // Whoever has just woken up gets a turn to act before time goes on.
      await nextTurn()
      const [next] = [...this.#sleepers].sort((a, b) => a.wakeAtMs - b.wakeAtMs)
      if (this.#requests > 0 || next === undefined) continue
      this.#nowMs = Math.max(this.#nowMs, next.wakeAtMs)
      this.#sleepers.delete(next)
      next.wake()
    }
    this.#isPassing = false
  }
}
