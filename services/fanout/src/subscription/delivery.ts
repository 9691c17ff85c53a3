import type { LogRecord } from '@freshet/change-log'
import type { ControlFrame, Cursor, MovingCursor } from '@freshet/protocol'
import { cursorOf } from '@freshet/protocol'
import type { SharedFilter } from '../matching/shared-filters.ts'
import { onDelivered, onGap, onLiveDelivery } from '../metrics.ts'
import type { Representation } from '../representation/representation.ts'
import { readStoredChange, type StoredChange } from '../stored-change.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import type { Packing } from '../transport/packing.ts'
import type { Transport } from '../transport/transport.ts'
import { DueFrames } from './due-frames.ts'
import { readRun } from './replay-run.ts'
import { RUN_BUFFERS } from './run-buffers.ts'
import type { Passing } from './stream-end.ts'
import { unreadableGap } from './unreadable-gap.ts'

export interface DeliveryOptions {
  readonly transport: Transport
  readonly filter: SharedFilter
  readonly representation: Representation
  /** Past it nothing is rendered until the partner has taken it all; one frame more may be on the way. */
  readonly unsentBytesMax: number
  readonly clock: () => number
}

/** Buffers of frames that are on their way to one partner; of more, the rest is left to the garbage collector. */
const BUFFERS_ON_THE_WAY_MAX = 8

/**
 * The way out of one subscription: records are passed through it in order, those that the filter wants become frames,
 * and `flush` writes them at once. Whatever else is written, or ends the subscription, is written behind them, so that the
 * partner has been sent exactly what its cursor says.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  #filter: SharedFilter
  #due: DueFrames
  /** To be said as soon as there is room, before anything that is passed from now on. */
  #announcement: ControlFrame | undefined
  /** Frames of runs that the operating system may not have taken yet. */
  readonly #runsOnTheWay: Uint8Array[] = []
  #isBlocked = false
  #passedRecords = 0
  #passedTimestampMs: number | undefined
  #toldCursor: Cursor | undefined
  #toldMs: number

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#filter = options.filter
    this.#due = new DueFrames(options.representation)
    this.#toldMs = options.clock()
  }

  get filter(): SharedFilter {
    return this.#filter
  }

  get representation(): Representation {
    return this.#due.representation
  }

  /** Whether another frame may be made. */
  get hasRoom(): boolean {
    return this.roomBytes > 0
  }

  /** What may be made before the partner has to take some of it; the last frame may exceed it. */
  get roomBytes(): number {
    const { transport, unsentBytesMax } = this.#options
    return unsentBytesMax - transport.pendingBytes - this.#due.bytes
  }

  /** What was passed and wanted, and is not written yet. */
  get dueBytes(): number {
    return this.#due.bytes
  }

  /** Whether the partner is what is waited for. */
  get isBlocked(): boolean {
    return this.#isBlocked
  }

  get passedRecords(): number {
    return this.#passedRecords
  }

  /** When the newest record passed came into the log. */
  get passedTimestampMs(): number | undefined {
    return this.#passedTimestampMs
  }

  /** The last cursor that the partner was sent, and when it was last sent anything. */
  get toldCursor(): Cursor | undefined {
    return this.#toldCursor
  }

  get toldMs(): number {
    return this.#toldMs
  }

  /** From the next record on. */
  change(filter: SharedFilter | undefined, representation: Representation | undefined): void {
    this.flush(false)
    if (filter !== undefined) {
      this.#filter.release()
      this.#filter = filter
    }
    if (representation !== undefined) this.#due = new DueFrames(representation)
  }

  release(): void {
    this.flush(false)
    this.#filter.release()
  }

  /** Resolves when there is room again, or the transport has closed. */
  async room(): Promise<void> {
    this.#isBlocked = true
    await this.#options.transport.drained()
    this.#isBlocked = false
    this.#giveBackBuffers()
  }

  /** For a reader with a place of its own, which moves past the record. Returns what the partner's cursor will be; undefined: as before. */
  pass(record: Passing, change: StoredChange | undefined, cursor: MovingCursor): Cursor | undefined {
    const before = change === undefined ? cursor.toCursor() : undefined
    cursor.moveTo(record.partition, record.offset + 1n)
    this.passed(1, record.timestampMs)
    if (change !== undefined && !this.#filter.matches(change.attributes)) return undefined
    const after = cursor.toCursor()
    if (change === undefined) this.#passUnreadable(before ?? after, after)
    else this.#due.addChange(change, after, record.timestampMs)
    return after
  }

  /**
   * Passes records of one partition, which follow on each other, from `start` up to `stop` or until there is no more room.
   * Returns the index of the first that was not passed.
   */
  passRun(records: readonly LogRecord[], start: number, stop: number, cursor: MovingCursor): number {
    let index = start
    while (index < stop && this.hasRoom) {
      index = this.#passPlain(records, index, stop, cursor)
      const record = records[index]
      if (record === undefined || index === stop || !this.hasRoom) continue
      this.pass(record, readStoredChange(record), cursor)
      index++
    }
    return index
  }

  /** For a reader that has all of the tail up to the entry, and so shares its cursor and its frames. */
  passEntry(entry: TailEntry, tail: Tail, before: Cursor): void {
    this.passed(1, entry.timestampMs)
    if (entry.change === undefined) this.#passUnreadable(before, entry.cursor)
    else if (this.#filter.matches(entry.change.attributes)) this.#due.addEntry(entry, entry.change, tail)
  }

  /** Records were passed, by this delivery or by the broadcast on its behalf. */
  passed(records: number, timestampMs: number): void {
    this.#passedRecords += records
    this.#passedTimestampMs = timestampMs
  }

  /** Writes what was passed and wanted. */
  flush(isLive: boolean): void {
    if (this.#announcement !== undefined && (this.hasRoom || !this.#due.isEmpty)) this.#writeAnnouncement()
    if (this.#due.isEmpty) return
    const { frames, bytes, changes, newestChangeMs, cursor } = this.#due.take()
    const { transport, clock } = this.#options
    transport.write(frames)
    for (const piece of frames) {
      if (this.#runsOnTheWay.length < BUFFERS_ON_THE_WAY_MAX && RUN_BUFFERS.isLent(piece))
        this.#runsOnTheWay.push(piece)
    }
    this.#giveBackBuffers()
    this.#toldMs = clock()
    this.#toldCursor = cursor ?? this.#toldCursor
    onDelivered({ transport: transport.framing, changes, bytes })
    if (isLive && changes > 0) onLiveDelivery(Math.max(0, this.#toldMs - newestChangeMs))
  }

  get packing(): Packing {
    return this.#options.transport.packing
  }

  /**
   * Writes packed frames that others are sent as well, unless that would exceed what may be unsent; then nothing is written, and
   * false returned. To be counted by the caller.
   */
  share(bytes: Uint8Array, cursor: Cursor | undefined, nowMs: number): boolean {
    const { transport, unsentBytesMax } = this.#options
    const { pendingBytes } = transport
    if (pendingBytes > 0 && pendingBytes + bytes.length > unsentBytesMax) return false
    transport.writePacked(bytes)
    this.#toldMs = nowMs
    this.#toldCursor = cursor ?? this.#toldCursor
    return true
  }

  /** Writes a control frame, behind what was passed before. */
  control(frame: ControlFrame): void {
    this.#due.addControl(this.representation.control(frame), cursorOf(frame))
    this.flush(false)
  }

  /**
   * As `control`, for what may come any number of times while the partner reads nothing: it is written once there is room, before
   * anything that is passed from now on. One that is still to be written makes way for this one.
   */
  announce(frame: ControlFrame): void {
    this.flush(false)
    this.#announcement = frame
    this.flush(false)
  }

  #writeAnnouncement(): void {
    const frame = this.#announcement
    if (frame === undefined) return
    this.#announcement = undefined
    this.#options.transport.write([this.representation.control(frame)])
    this.#toldMs = this.#options.clock()
    this.#toldCursor = cursorOf(frame) ?? this.#toldCursor
  }

  /** Those that are rendered in one go. Ends before one that cannot be read, and passes none when it takes more than that. */
  #passPlain(records: readonly LogRecord[], start: number, stop: number, cursor: MovingCursor): number {
    const { plain } = this.representation
    if (plain === undefined) return start
    const { matches } = this.#filter
    const { runChangesMax: changesMax, runBytesMax } = this.#due
    const roomBytes = Math.min(this.roomBytes, runBytesMax)
    const run = readRun({ records, start, stop, matches, plain, roomBytes, changesMax }, cursor)
    const last = records[run.stop - 1]
    if (run.stop === start || last === undefined) return start
    this.passed(run.stop - start, last.timestampMs)
    this.#due.addRun(run, last.timestampMs)
    return run.stop
  }

  #giveBackBuffers(): void {
    // The operating system has taken all of it when nothing is pending.
    if (this.#runsOnTheWay.length === 0 || this.#options.transport.pendingBytes > 0) return
    for (const frames of this.#runsOnTheWay.splice(0)) RUN_BUFFERS.giveBack(frames)
  }

  #passUnreadable(from: Cursor, to: Cursor): void {
    this.#due.addControl(this.representation.control(unreadableGap(from, to)), to)
    onGap('unreadable', from, to)
  }
}
