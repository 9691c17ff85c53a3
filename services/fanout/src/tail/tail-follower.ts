import { setTimeout as delay } from 'node:timers/promises'
import { ChangeLogError } from '@freshet/change-log'
import { onLogReadable, onLogUnreadable } from '../metrics.ts'
import { RetryDelay } from '../retry-delay.ts'
import type { Tail } from './tail.ts'

/** Keeps the tail reading, also over outages of the log. */
export class TailFollower {
  readonly #tail: Tail
  #outage: string | undefined

  constructor(tail: Tail) {
    this.#tail = tail
  }

  /** Why nothing is read for now; undefined when all is well. */
  get outage(): string | undefined {
    return this.#outage
  }

  /** Runs until the signal aborts. Rejects with what waiting cannot mend. */
  async run(signal: AbortSignal): Promise<void> {
    const retryDelay = new RetryDelay()
    while (!signal.aborted) {
      try {
        await this.#tail.follow(signal, () => this.#recovered(retryDelay))
      } catch (error) {
        if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
        this.#outage = error.message
        onLogUnreadable(error)
        await delay(retryDelay.nextMs(), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  #recovered(retryDelay: RetryDelay): void {
    if (this.#outage === undefined) return
    this.#outage = undefined
    retryDelay.reset()
    onLogReadable()
  }
}
