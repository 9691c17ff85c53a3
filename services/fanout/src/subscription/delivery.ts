import type { ControlFrame, Cursor, MovingCursor } from '@freshet/protocol'
import { cursorOf } from '@freshet/protocol'
import type { SharedFilter } from '../matching/shared-filters.ts'
import { onDelivered, onGap } from '../metrics.ts'
import type { Representation } from '../representation/representation.ts'
import type { StoredChange } from '../stored-change.ts'
import type { Tail } from '../tail/tail.ts'
import type { TailEntry } from '../tail/tail-entry.ts'
import type { Transport } from '../transport/transport.ts'
import type { Passing } from './stream-end.ts'

export interface DeliveryOptions {
  readonly transport: Transport
  readonly filter: SharedFilter
  readonly representation: Representation
  /** Past it nothing is rendered until the partner has taken it all; one frame more may be on the way. */
  readonly unsentBytesMax: number
  readonly clock: () => number
}

/**
 * The way out of one subscription: records are passed through it in order, those that the filter wants become frames,
 * and `flush` writes them at once. Passing and flushing happen in one turn of the event loop, so that between turns the
 * partner has been sent exactly what its cursor says.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  #filter: SharedFilter
  #representation: Representation
  #frames: Uint8Array[] = []
  #frameBytes = 0
  #changes = 0
  #changeTimestampMs = 0
  #isBlocked = false
  #passedRecords = 0
  #passedTimestampMs: number | undefined
  #toldCursor: Cursor | undefined
  #toldMs: number

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#filter = options.filter
    this.#representation = options.representation
    this.#toldMs = options.clock()
  }

  /** Whether another frame may be made. */
  get hasRoom(): boolean {
    return this.#options.transport.pendingBytes + this.#frameBytes < this.#options.unsentBytesMax
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
    if (filter !== undefined) {
      this.#filter.release()
      this.#filter = filter
    }
    this.#representation = representation ?? this.#representation
  }

  release(): void {
    this.#filter.release()
  }

  /** Resolves when there is room again, or the transport has closed. */
  async room(): Promise<void> {
    this.#isBlocked = true
    await this.#options.transport.drained()
    this.#isBlocked = false
  }

  /** For a reader with a place of its own, which moves past the record. */
  pass(record: Passing, change: StoredChange | undefined, cursor: MovingCursor): void {
    const before = change === undefined ? cursor.toCursor() : undefined
    cursor.moveTo(record.partition, record.offset + 1n)
    this.#passed(record)
    if (change === undefined) this.#passUnreadable(before ?? cursor.toCursor(), cursor.toCursor())
    else if (this.#filter.matches(change.attributes)) {
      const reached = cursor.toCursor()
      this.#addChange(this.#representation.change(change, reached), reached, record)
    }
  }

  /** For a reader that has all of the tail up to the entry, and so shares its cursor and its frames. */
  passEntry(entry: TailEntry, tail: Tail, before: Cursor): void {
    this.#passed(entry)
    if (entry.change === undefined) this.#passUnreadable(before, entry.cursor)
    else if (this.#filter.matches(entry.change.attributes)) {
      this.#addChange(tail.frame(entry, this.#representation, entry.change), entry.cursor, entry)
    }
  }

  /** Writes what was passed and wanted. */
  flush(isLive: boolean): void {
    if (this.#frames.length === 0) return
    const { transport, clock } = this.#options
    transport.write(this.#frames)
    this.#toldMs = clock()
    onDelivered({
      transport: transport.framing,
      changes: this.#changes,
      bytes: this.#frameBytes,
      latencyMs:
        isLive && this.#changes > 0 ? Math.max(0, this.#toldMs - this.#changeTimestampMs) : undefined,
    })
    this.#frames = []
    this.#frameBytes = 0
    this.#changes = 0
  }

  /** Writes a control frame, behind what was passed before. */
  control(frame: ControlFrame): void {
    this.#addControl(frame)
    this.flush(false)
  }

  #passed({ timestampMs }: Passing): void {
    this.#passedRecords++
    this.#passedTimestampMs = timestampMs
  }

  #passUnreadable(from: Cursor, to: Cursor): void {
    const remedy =
      'This change is damaged. Fetch the page that it belongs to from the wiki, and tell the operator.'
    this.#addControl({ type: 'gap', from, to, reason: 'unreadable', remedy })
    onGap('unreadable', from, to)
  }

  #addChange(frame: Uint8Array, cursor: Cursor, { timestampMs }: Passing): void {
    this.#add(frame, cursor)
    this.#changes++
    this.#changeTimestampMs = timestampMs
  }

  #addControl(frame: ControlFrame): void {
    this.#add(this.#representation.control(frame), cursorOf(frame))
  }

  #add(frame: Uint8Array, cursor: Cursor | undefined): void {
    this.#frames.push(frame)
    this.#frameBytes += frame.length
    this.#toldCursor = cursor ?? this.#toldCursor
  }
}
