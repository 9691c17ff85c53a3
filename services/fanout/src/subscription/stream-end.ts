import type { ChangeLog, PartitionBounds } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import type { StreamPoint } from '@freshet/protocol'
import { startOffsets } from './start-offsets.ts'

/** Where a record lies. */
export interface Passing {
  readonly partition: number
  readonly offset: bigint
  readonly timestampMs: number
}

/** Where a stream ends by itself: at an offset in each partition, at a time that has not come yet, or never. */
export class StreamEnd {
  /** The end of all streams that have none. */
  static readonly #NEVER = new StreamEnd(undefined, Number.POSITIVE_INFINITY)
  #offsets: readonly bigint[] | undefined
  #timeMs: number
  #isTimeSeen = false

  /** Throws a `ProtocolError` for a cursor that this log cannot serve. */
  static async of(
    log: ChangeLog,
    bounds: readonly PartitionBounds[],
    until: StreamPoint | undefined,
    nowMs: number,
  ): Promise<StreamEnd> {
    if (until === undefined) return StreamEnd.#NEVER
    if (until.type !== 'time') return new StreamEnd(await startOffsets(log, bounds, until), 0)
    const end = new StreamEnd(undefined, until.timeMs)
    await end.settle(log, nowMs)
    return end
  }

  private constructor(offsets: readonly bigint[] | undefined, timeMs: number) {
    this.#offsets = offsets
    this.#timeMs = timeMs
  }

  /** No offset is known to stop at yet. */
  get isOpen(): boolean {
    return this.#offsets === undefined
  }

  get isNever(): boolean {
    return this.isOpen && this.#timeMs === Number.POSITIVE_INFINITY
  }

  /** Whether the time has come, and `settle` is to find out what it means in offsets. */
  isDue(nowMs: number): boolean {
    return this.isOpen && (this.#isTimeSeen || nowMs >= this.#timeMs)
  }

  async settle(log: ChangeLog, nowMs: number): Promise<void> {
    if (this.isDue(nowMs)) this.#offsets = await log.offsetsForTime(CHANGES_TOPIC, this.#timeMs)
  }

  /** Whether the record lies behind the end. */
  isPassedBy({ partition, offset, timestampMs }: Passing): boolean {
    if (this.#offsets !== undefined) return offset >= (this.#offsets[partition] ?? 0n)
    // The log's clock may be ahead of ours.
    if (timestampMs >= this.#timeMs) this.#isTimeSeen = true
    return this.#isTimeSeen
  }

  /** How many of these records of one partition, which are in order, do not lie behind the end. */
  countBefore(records: readonly Passing[]): number {
    const last = records.at(-1)
    if (last === undefined || !this.isPassedBy(last)) return records.length
    return records.findIndex((record) => this.isPassedBy(record))
  }

  /** How far a reader that has read up to `nextOffset` may say it has come. */
  clamp(partition: number, nextOffset: bigint): bigint {
    const end = this.#offsets?.[partition] ?? nextOffset
    return end < nextOffset ? end : nextOffset
  }

  isReachedBy(offsets: readonly bigint[]): boolean {
    return this.#offsets?.every((end, partition) => (offsets[partition] ?? 0n) >= end) ?? false
  }
}
