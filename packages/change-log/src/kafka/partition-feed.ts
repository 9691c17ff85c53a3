import { storedEnd } from './record-batches.ts'
import { type SizedBatch, type SizeLimits, sizedBatches } from './sized-batches.ts'
import type { TopicSource } from './topic-source.ts'

/** One answer of a broker is held per partition, whose records are handed out over several calls of the handler. */
const FETCH_BYTES_MAX = 1024 * 1024

/** The records of one partition, handed out bit by bit to whoever handles them. */
export class PartitionFeed {
  readonly partition: number
  readonly #source: TopicSource
  #position: bigint
  #limits: SizeLimits = { recordsMax: 0, bytesMax: 0 }
  #batches: AsyncGenerator<SizedBatch> | undefined

  constructor(source: TopicSource, partition: number, start: bigint) {
    this.#source = source
    this.partition = partition
    this.#position = start
  }

  /** What comes after everything that was handed out. */
  get position(): bigint {
    return this.#position
  }

  /** Whether everything that was heard of is handed out. */
  get isDry(): boolean {
    return this.#position >= this.#source.tip.stableEnd(this.partition)
  }

  /** What is next, within the limits; undefined where there is nothing yet, as far as was heard. */
  async take(limits: SizeLimits): Promise<SizedBatch | undefined> {
    this.#limits = limits
    for (;;) {
      const next = await this.#batches?.next()
      if (next?.done === false) {
        this.#position = next.value.nextOffset
        return next.value
      }
      this.#batches = undefined
      if (!(await this.#fetch())) return undefined
    }
  }

  async #fetch(): Promise<boolean> {
    const { partition } = this
    const from = this.#position
    if (this.isDry) return false
    const { bytes, memory, abortedTransactions } = await this.#source.fetch(partition, from, FETCH_BYTES_MAX)
    if (storedEnd(bytes) === undefined) return false
    const stored = { topic: this.#source.name, partition, from, bytes, memory, abortedTransactions }
    this.#batches = sizedBatches(stored, () => this.#limits)
    return true
  }
}
