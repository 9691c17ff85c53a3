import { type ChangeLog, OffsetTrimmedError, type RecordBatch } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { type Cursor, MovingCursor } from '@freshet/protocol'
import type { Representation } from '../representation/representation.ts'
import type { StoredChange } from '../stored-change.ts'
import type { WakeUp } from '../wake-up.ts'
import { TailEntry } from './tail-entry.ts'
import { TailMemory } from './tail-memory.ts'

export interface TailOptions {
  readonly log: ChangeLog
  /** Records and what was rendered of them; past it the oldest go. The newest entry is always kept. */
  readonly bytesMax: number
  readonly batchBytesMax: number
}

/**
 * The newest records of the log, read once for everybody. Entries are numbered in the order they were read, which is
 * the order that all live subscribers see.
 */
export class Tail {
  readonly #options: TailOptions
  readonly #entries = new Map<number, TailEntry>()
  readonly #memory = new TailMemory()
  readonly #sleepers = new Set<WakeUp>()
  #position: MovingCursor
  /** Per partition: every record from this offset on, up to the position, is among the entries. */
  #floor: bigint[]
  #ends: bigint[]
  #firstSequence = 0
  #nextSequence = 0
  #bytes = 0
  /** undefined: to be counted anew. All subscribers ask for it every second. */
  #lagRecords: number | undefined

  /** A tail that starts at the end of the log. */
  static async open(options: TailOptions): Promise<Tail> {
    const bounds = await options.log.bounds(CHANGES_TOPIC)
    return new Tail(
      options,
      bounds.map(({ end }) => end),
    )
  }

  private constructor(options: TailOptions, ends: readonly bigint[]) {
    this.#options = options
    this.#position = new MovingCursor(options.log.id, ends)
    this.#floor = [...ends]
    this.#ends = [...ends]
  }

  /** The number of the oldest entry, and the one that the next will have. */
  get firstSequence(): number {
    return this.#firstSequence
  }

  get nextSequence(): number {
    return this.#nextSequence
  }

  /** For whoever has everything that the tail has read. */
  get cursor(): Cursor {
    return this.#position.toCursor()
  }

  /** Per partition, what the tail reads next. */
  get offsets(): readonly bigint[] {
    return this.#position.offsets
  }

  /** Per partition, the end of the log as last heard. */
  get ends(): readonly bigint[] {
    return this.#ends
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How many records the log has, as last heard, that the tail has not read. */
  get lagRecords(): number {
    this.#lagRecords ??= this.#ends.reduce(
      (sum, end, index) => sum + Number(end - (this.offsets[index] ?? end)),
      0,
    )
    return this.#lagRecords
  }

  entryAt(sequence: number): TailEntry | undefined {
    return this.#entries.get(sequence)
  }

  /** Whether everything from these offsets on, as far as the tail has read, is among the entries. */
  holds(offsets: readonly bigint[]): boolean {
    return this.#floor.every((floor, partition) => (offsets[partition] ?? 0n) >= floor)
  }

  /** The log was seen to be longer than the tail has read yet. */
  hearOfEnds(ends: readonly bigint[]): void {
    for (const [partition, end] of ends.entries()) this.#hearOfEnd(partition, end)
  }

  /** What is rendered counts as the tail's memory, so this may let go of old entries. */
  frame(entry: TailEntry, representation: Representation, change: StoredChange): Uint8Array {
    const before = entry.bytes
    const frame = entry.frame(representation, change)
    this.#bytes += entry.bytes - before
    this.#evict()
    return frame
  }

  /** Rings once when the tail has moved past `sequence`. */
  ringAfter(sequence: number, wakeUp: WakeUp): void {
    if (this.#nextSequence > sequence) wakeUp.ring()
    else this.#sleepers.add(wakeUp)
  }

  forget(wakeUp: WakeUp): void {
    this.#sleepers.delete(wakeUp)
  }

  /** Reads until the signal aborts; rejects with what the log throws, and may be called again to go on. */
  async follow(signal: AbortSignal, onRead: () => void): Promise<void> {
    const { log, batchBytesMax } = this.#options
    try {
      for await (const batch of log.read({
        topic: CHANGES_TOPIC,
        from: this.offsets,
        batchBytesMax,
        signal,
      })) {
        this.#take(batch)
        batch.giveBack?.()
        onRead()
      }
    } catch (error) {
      if (!(error instanceof OffsetTrimmedError)) throw error
      await this.#startOver()
    }
  }

  #take({ partition, records, nextOffset, endOffset }: RecordBatch): void {
    for (const record of records) {
      this.#position.moveTo(partition, record.offset + 1n)
      const entry = new TailEntry(record, this.cursor, this.#memory)
      this.#entries.set(this.#nextSequence++, entry)
      this.#bytes += entry.bytes
      this.#evict()
    }
    this.#position.moveTo(partition, nextOffset)
    this.#lagRecords = undefined
    this.#hearOfEnd(partition, endOffset)
    this.#wakeAll()
  }

  #hearOfEnd(partition: number, end: bigint): void {
    if (end <= (this.#ends[partition] ?? end)) return
    this.#ends[partition] = end
    this.#lagRecords = undefined
  }

  #evict(): void {
    while (this.#bytes > this.#options.bytesMax && this.#firstSequence < this.#nextSequence - 1) {
      const entry = this.#entries.get(this.#firstSequence)
      this.#entries.delete(this.#firstSequence++)
      if (entry === undefined) continue
      this.#bytes -= entry.bytes
      this.#floor[entry.partition] = entry.offset + 1n
    }
  }

  /** Retention has overtaken the tail, after the log could not be read for long. Subscribers read on from the log. */
  async #startOver(): Promise<void> {
    const bounds = await this.#options.log.bounds(CHANGES_TOPIC)
    this.#entries.clear()
    this.#bytes = 0
    // One number stays unused, so that whoever was at the tip finds itself behind, not at the new tip.
    this.#firstSequence = ++this.#nextSequence
    this.#ends = bounds.map(({ end }) => end)
    this.#floor = [...this.#ends]
    this.#position = new MovingCursor(this.#options.log.id, this.#ends)
    this.#lagRecords = undefined
    this.#wakeAll()
  }

  #wakeAll(): void {
    const woken = [...this.#sleepers]
    this.#sleepers.clear()
    for (const wakeUp of woken) wakeUp.ring()
  }
}
