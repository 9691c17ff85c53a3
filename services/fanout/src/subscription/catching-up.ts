import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ChangeLog, LogRecord, RecordBatch } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { type Cursor, MovingCursor } from '@freshet/protocol'
import type { Tail } from '../tail/tail.ts'
import type { WakeUp } from '../wake-up.ts'
import type { Delivery } from './delivery.ts'
import type { StreamEnd } from './stream-end.ts'

export interface ReaderOptions {
  readonly log: ChangeLog
  readonly tail: Tail
  readonly delivery: Delivery
  readonly end: StreamEnd
  readonly wakeUp: WakeUp
  readonly readBatchBytesMax: number
  readonly clock: () => number
  readonly signal: AbortSignal
}

/** Frames of a rare filter are gathered until there are so many bytes of them, or so many batches were looked at. */
const GATHERED_BYTES_MAX = 32 * 1024
const GATHERED_BATCHES_MAX = 8

/** Records looked at before other connections have their turn. */
export const SCAN_RECORDS_MAX = 2_000

/**
 * Reads from a place of its own: from the tail while that holds everything from there on, from the log otherwise. The
 * two overlap, and whatever lies before the place is skipped, so the seam between them loses and repeats nothing.
 */
export class CatchingUp {
  readonly type = 'catching-up'
  readonly #options: ReaderOptions
  readonly #cursor: MovingCursor

  constructor(options: ReaderOptions, start: readonly bigint[]) {
    this.#options = options
    this.#cursor = new MovingCursor(options.log.id, start)
  }

  get cursor(): Cursor {
    return this.#cursor.toCursor()
  }

  get offsets(): readonly bigint[] {
    return this.#cursor.offsets
  }

  /** How many records of the log are still ahead. */
  get lagRecords(): number {
    return this.#options.tail.ends.reduce((sum, end, partition) => {
      const ahead = end - (this.offsets[partition] ?? 0n)
      return ahead > 0n ? sum + Number(ahead) : sum
    }, 0)
  }

  /** Over offsets that hold nothing to deliver. Never back, and not past the end. */
  skipTo(partition: number, nextOffset: bigint): void {
    const target = this.#options.end.clamp(partition, nextOffset)
    if (target > (this.offsets[partition] ?? 0n)) this.#cursor.moveTo(partition, target)
  }

  /**
   * Reads until it has all that the tail has, and returns the sequence number to go on from; undefined when the signal
   * has aborted or the end is reached or due. Throws what the log throws.
   */
  async run(): Promise<number | undefined> {
    while (!this.#isOver) {
      if (!this.#options.tail.holds(this.offsets)) await this.#readLog()
      else {
        const sequence = await this.#readTail()
        if (sequence !== undefined) return sequence
      }
    }
    return undefined
  }

  get #isOver(): boolean {
    const { signal, end, clock } = this.#options
    return signal.aborted || end.isDue(clock()) || end.isReachedBy(this.offsets)
  }

  async #readLog(): Promise<void> {
    const { log, tail, end, delivery, readBatchBytesMax: batchBytesMax, signal } = this.#options
    const from = this.offsets.map((offset, partition) =>
      // A partition that is at its end already is not read again.
      end.clamp(partition, offset + 1n) > offset ? offset : (tail.ends[partition] ?? offset),
    )
    const gathered: RecordBatch[] = []
    try {
      for await (const batch of log.read({ topic: CHANGES_TOPIC, from, batchBytesMax, signal })) {
        await this.#passBatch(batch)
        if (this.#isOver || tail.holds(this.offsets)) return
        gathered.push(batch)
        const isMoreToCome = batch.nextOffset < batch.endOffset && gathered.length < GATHERED_BATCHES_MAX
        if (isMoreToCome && delivery.dueBytes < GATHERED_BYTES_MAX) continue
        delivery.flush(false)
        // What was written was copied out of the records.
        for (const passed of gathered.splice(0)) passed.giveBack?.()
      }
    } finally {
      delivery.flush(false)
    }
  }

  async #passBatch({ partition, records, nextOffset }: RecordBatch): Promise<void> {
    const { delivery, signal } = this.#options
    for (let index = 0; index < records.length; ) {
      if (!delivery.hasRoom) await this.#room()
      if (signal.aborted) return
      index = this.#passRecords(records, index)
      // Also when a time has just come: what was skipped for it must not be moved over before its offsets are known.
      if (this.#isOver) return
    }
    this.skipTo(partition, nextOffset)
  }

  async #room(): Promise<void> {
    const { delivery } = this.#options
    delivery.flush(false)
    if (!delivery.hasRoom) await delivery.room()
  }

  /** Returns the index of the first record that was not passed. */
  #passRecords(records: readonly LogRecord[], start: number): number {
    const { delivery, end } = this.#options
    const stop = end.countBefore(records)
    if (start >= stop) return records.length
    const index = delivery.passRun(records, start, stop, this.#cursor)
    // Those behind the end are skipped, without the place being moved over them.
    return index < stop ? index : records.length
  }

  /** undefined: the tail has let go of what is next, or it is over. */
  async #readTail(): Promise<number | undefined> {
    const { tail, delivery, wakeUp } = this.#options
    let sequence = tail.firstSequence
    while (!this.#isOver && tail.holds(this.offsets)) {
      // What the tail has let go of in the meantime lies before the place, as it still holds what is next.
      sequence = this.#passEntries(Math.max(sequence, tail.firstSequence))
      if (!delivery.hasRoom) await delivery.room()
      else if (sequence < tail.nextSequence) await nextTurn()
      else if (this.#hasAllOfTail()) return sequence
      else if (!this.#isOver) {
        tail.ringAfter(sequence, wakeUp)
        await wakeUp.sleep()
      }
    }
    return undefined
  }

  /**
   * Returns the sequence number of the first entry that was not passed. From where its place is one that the tail had, as
   * that of whoever was live, it shares the tail's cursors and so the frames of everybody who comes by.
   */
  #passEntries(start: number): number {
    const { tail, delivery, end } = this.#options
    let sequence = start
    // Where the tail was before the entry, once that is the place of this reader, too.
    let before: Cursor | undefined
    for (; sequence < start + SCAN_RECORDS_MAX && delivery.hasRoom; sequence++) {
      const entry = tail.entryAt(sequence)
      if (entry === undefined) break
      if (entry.offset < (this.offsets[entry.partition] ?? 0n) || end.isPassedBy(entry)) {
        before = undefined
      } else if (before === undefined) {
        if (delivery.pass(entry, entry.change, this.#cursor) === entry.cursor) before = entry.cursor
      } else {
        delivery.passEntry(entry, tail, before)
        this.#cursor.moveTo(entry.partition, entry.offset + 1n)
        before = entry.cursor
      }
    }
    delivery.flush(false)
    return sequence
  }

  /**
   * Called at the tip of the tail. What the log has that is no record moves the place too, so that an end can be
   * reached behind it. A place that came from the log may be ahead of the tail, which then has to follow first.
   */
  #hasAllOfTail(): boolean {
    const { tail, end } = this.#options
    for (const [partition, offset] of tail.offsets.entries()) {
      this.skipTo(partition, offset)
    }
    return end.isOpen && tail.offsets.every((offset, partition) => (this.offsets[partition] ?? 0n) <= offset)
  }
}
