import { setTimeout as delay } from 'node:timers/promises'
import { ChangeLogError } from '@freshet/change-log'
import { onLogReadable, onLogUnreadable } from './metrics.ts'
import { RetryDelay } from './retry-delay.ts'

/** Reads a topic until the signal aborts; rejects with what the log throws, and may be called again to go on. */
export interface LogReader {
  follow(signal: AbortSignal, onRead: () => void): Promise<void>
}

/** Keeps a reader reading, also over outages of the log. */
export class LogFollower {
  readonly #reader: LogReader
  #outage: string | undefined

  constructor(reader: LogReader) {
    this.#reader = reader
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
        await this.#reader.follow(signal, () => this.#recovered(retryDelay))
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
