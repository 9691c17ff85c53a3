import type { NewRecord, RecordPosition } from '../change-log.ts'
import { BATCH_BYTES_MAX, type OutgoingBatch, type Producer, sequenceAfter } from './produce.ts'

/** One `append`: resolves when the last of its records is durable, rejects when one of them is not. */
export class PendingAppend {
  readonly #positions: RecordPosition[]
  readonly #done = Promise.withResolvers<readonly RecordPosition[]>()
  #left: number
  /** What is left of it need not be sent any more. */
  isRejected = false

  constructor(records: number) {
    this.#positions = new Array(records)
    this.#left = records
  }

  get done(): Promise<readonly RecordPosition[]> {
    return this.#done.promise
  }

  resolveRecord(index: number, position: RecordPosition): void {
    this.#positions[index] = position
    if (--this.#left === 0) this.#done.resolve(this.#positions)
  }

  reject(error: unknown): void {
    this.isRejected = true
    this.#done.reject(error)
  }
}

export interface PendingRecord {
  readonly record: NewRecord
  readonly bytes: number
  readonly append: PendingAppend
  readonly index: number
}

/** Records on their way to one partition, in order: one batch at a time is under way, the others wait. */
export class AppendLane {
  readonly topic: string
  readonly partition: number
  readonly #waiting: PendingRecord[] = []
  #producerId: string | undefined
  #nextSequence = 0
  isUnderWay = false

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get isReady(): boolean {
    return !this.isUnderWay && this.#waiting.length > 0
  }

  push(pending: PendingRecord): void {
    this.#waiting.push(pending)
  }

  /** Takes out the records of the next batch. */
  take(): readonly PendingRecord[] {
    let bytes = 0
    let count = 0
    for (const pending of this.#waiting) {
      if (count > 0 && bytes + pending.bytes > BATCH_BYTES_MAX) break
      bytes += pending.bytes
      count++
    }
    return this.#waiting.splice(0, count)
  }

  /** The batch of these records in the numbering of this producer, which begins at 0 for each. */
  number(records: readonly NewRecord[], { producerId }: Producer): OutgoingBatch {
    if (producerId !== this.#producerId) this.#nextSequence = 0
    this.#producerId = producerId
    const firstSequence = this.#nextSequence
    this.#nextSequence = sequenceAfter(firstSequence, records.length)
    return { topic: this.topic, partition: this.partition, records, firstSequence }
  }
}
