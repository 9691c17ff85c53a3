import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cursor } from '@freshet/protocol'
import { type ReaderOptions, SCAN_RECORDS_MAX } from './catching-up.ts'

/** Has all that the tail has before a sequence number, so its cursor and its frames are the tail's. */
export class Live {
  readonly type = 'live'
  readonly #options: ReaderOptions
  #sequence: number
  #cursor: Cursor

  /** `sequence` is the tail's next one. */
  constructor(options: ReaderOptions, sequence: number) {
    this.#options = options
    this.#sequence = sequence
    this.#cursor = options.tail.cursor
  }

  get cursor(): Cursor {
    return this.#cursor
  }

  /** Behind the tail, and with the tail behind the log. */
  get lagRecords(): number {
    const { tail } = this.#options
    const tailLag = tail.ends.reduce((sum, end, index) => sum + Number(end - (tail.offsets[index] ?? end)), 0)
    return tail.nextSequence - this.#sequence + tailLag
  }

  /** Follows the tail until that has let go of what is next, the end is due, or the signal aborts. */
  async run(): Promise<void> {
    const { tail, delivery, end, wakeUp, clock, signal } = this.#options
    while (!signal.aborted && !end.isDue(clock()) && this.#sequence >= tail.firstSequence) {
      this.#passEntries()
      if (!delivery.hasRoom) await delivery.room()
      else if (this.#sequence < tail.nextSequence) await nextTurn()
      else {
        this.#cursor = tail.cursor
        tail.ringAfter(this.#sequence, wakeUp)
        await wakeUp.sleep()
      }
    }
  }

  #passEntries(): void {
    const { tail, delivery, end } = this.#options
    const stop = this.#sequence + SCAN_RECORDS_MAX
    while (this.#sequence < stop && delivery.hasRoom) {
      const entry = tail.entryAt(this.#sequence)
      if (entry === undefined || end.isPassedBy(entry)) break
      delivery.passEntry(entry, tail, this.#cursor)
      this.#cursor = entry.cursor
      this.#sequence++
    }
    delivery.flush(true)
  }
}
