import { setTimeout as sleep } from 'node:timers/promises'
import { type ChangeLog, ChangeLogError } from '@freshet/change-log'

const RETRY_MS = 100

/** Follows a topic from its beginning over all outages, as the fan-out does, and keeps what it reads. */
export class NumberReader {
  /** The numbers of each page, in the order in which they were read. */
  readonly byPage = new Map<string, number[]>()
  /** Times that reading was refused, to be tried again. */
  outages = 0
  longestGapMs = 0
  readonly #log: ChangeLog
  readonly #topic: string
  readonly #positions: bigint[]

  constructor(log: ChangeLog, topic: string, partitions: number) {
    this.#log = log
    this.#topic = topic
    this.#positions = Array(partitions).fill(0n)
  }

  get count(): number {
    return [...this.byPage.values()].reduce((sum, numbers) => sum + numbers.length, 0)
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#overOutages(() => this.#read(signal))
  }

  /** Resolves once all that the topic holds now was read. */
  async untilRead(): Promise<void> {
    const bounds = await this.#overOutages(() => this.#log.bounds(this.#topic))
    const ends = bounds.map(({ end }) => end)
    while (ends.some((end, partition) => (this.#positions[partition] ?? 0n) < end)) await sleep(20)
  }

  async #overOutages<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof ChangeLogError && error.isRetryable)) throw error
        this.outages++
        await sleep(RETRY_MS)
      }
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const options = { topic: this.#topic, from: [...this.#positions], batchBytesMax: 256 * 1024, signal }
    let lastMs = performance.now()
    for await (const { partition, records, nextOffset } of this.#log.read(options)) {
      for (const { key, value } of records) {
        const numbers = this.byPage.get(key) ?? []
        numbers.push(Number(Buffer.from(value ?? []).toString()))
        this.byPage.set(key, numbers)
      }
      if (nextOffset < (this.#positions[partition] ?? 0n)) throw new Error('the reader was moved back')
      this.#positions[partition] = nextOffset
      this.longestGapMs = Math.max(this.longestGapMs, performance.now() - lastMs)
      lastMs = performance.now()
    }
  }
}
