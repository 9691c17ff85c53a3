import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Tip } from '../tip.ts'

/**
 * How often a process that only reads looks for news, while somebody waits. Looking costs a microsecond. Watching the
 * files would tell too early: they are written before the records in them are committed.
 */
const TIP_POLL_INTERVAL_MS = 10

/** The tip of a log that another process writes. */
export class TipPoll {
  readonly tip = new Tip(() => this.#start())
  readonly #dataVersion: StatementSync
  readonly #onNews: () => void
  #seenVersion: unknown
  #timer: NodeJS.Timeout | undefined
  #failure: unknown

  /** `onNews` is called before readers are woken. */
  constructor(database: DatabaseSync, onNews: () => void) {
    this.#dataVersion = database.prepare('PRAGMA data_version')
    this.#onNews = onNews
  }

  /** What went wrong when looking is thrown to those who read, not to the timer. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #start(): void {
    this.#timer ??= setInterval(() => this.#look(), TIP_POLL_INTERVAL_MS)
    // What was committed before anybody waited is news, too.
    this.#look()
  }

  #look(): void {
    if (!this.tip.isAwaited) {
      this.stop()
      return
    }
    try {
      const version = this.#dataVersion.get()?.data_version
      if (version === this.#seenVersion) return
      this.#seenVersion = version
      this.#onNews()
    } catch (error) {
      this.#failure = error
    }
    this.tip.advance()
  }
}
