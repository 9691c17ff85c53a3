import type { LogRecord } from '@freshet/change-log'
import type { Cursor } from '@freshet/protocol'
import type { Representation } from '../representation/representation.ts'
import { readStoredChange, type StoredChange } from '../stored-change.ts'

/** What an entry takes beside its bytes: objects, cursor, map. */
const OVERHEAD_BYTES = 1_024

/** One recent record, with what was rendered of it so far. */
export class TailEntry {
  readonly partition: number
  readonly offset: bigint
  readonly timestampMs: number
  /** undefined: unreadable. */
  readonly change: StoredChange | undefined
  /** For whoever has everything in the tail up to and with this entry. */
  readonly cursor: Cursor
  #frames: Map<string, Uint8Array> | undefined
  #bytes: number

  constructor(record: LogRecord, cursor: Cursor) {
    this.partition = record.partition
    this.offset = record.offset
    this.timestampMs = record.timestampMs
    this.change = readStoredChange(record)
    this.cursor = cursor
    this.#bytes = OVERHEAD_BYTES + (record.value?.length ?? 0)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The change with the entry's own cursor. Rendered once for all subscribers that share the representation. */
  frame(representation: Representation, change: StoredChange): Uint8Array {
    const kept = this.#frames?.get(representation.key)
    if (kept !== undefined) return kept
    const frame = representation.change(change, this.cursor)
    if (representation.isShared) {
      this.#frames ??= new Map()
      this.#frames.set(representation.key, frame)
      this.#bytes += frame.length
    }
    return frame
  }
}
