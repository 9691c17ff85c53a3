import { setTimeout as sleep } from 'node:timers/promises'
import { type ChangeLog, ChangeLogError } from '@freshet/change-log'

const RETRY_MS = 100

/**
 * Appends numbers, each to the page that it belongs to, and tries again as long as it takes. The numbers of a page are
 * appended one after the other.
 */
export class NumberedLoad {
  readonly acknowledged = new Set<number>()
  /** Appended more than once, as an attempt was refused: such a number may be in the log twice. */
  readonly retried = new Set<number>()
  longestStallMs = 0
  readonly #log: ChangeLog
  readonly #topic: string
  readonly #pages: number

  constructor(log: ChangeLog, topic: string, pages: number) {
    this.#log = log
    this.#topic = topic
    this.#pages = pages
  }

  /** Until the signal aborts; each page has one append under way, and `intervalMs` between two. */
  async run(intervalMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#pages }, (_, page) => this.#runPage(page, intervalMs, signal)),
    )
  }

  async #runPage(page: number, intervalMs: number, signal: AbortSignal): Promise<void> {
    for (let number = page; !signal.aborted; number += this.#pages) {
      const startMs = performance.now()
      await this.#append(page, number)
      this.longestStallMs = Math.max(this.longestStallMs, performance.now() - startMs)
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #append(page: number, number: number): Promise<void> {
    const value = Buffer.from(String(number))
    for (;;) {
      try {
        await this.#log.append([{ topic: this.#topic, key: `page-${page}`, headers: {}, value }])
        this.acknowledged.add(number)
        return
      } catch (error) {
        if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
        this.retried.add(number)
        await sleep(RETRY_MS)
      }
    }
  }
}
