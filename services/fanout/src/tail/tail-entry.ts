import type { LogRecord } from '@freshet/change-log'
import type { Cursor } from '@freshet/protocol'
import type { BodyPiece } from '../representation/content-encoding.ts'
import type { KeptBytes, Representation } from '../representation/representation.ts'
import { readStoredChange, type StoredChange } from '../stored-change.ts'
import { KeptChange } from './kept-change.ts'
import type { TailMemory } from './tail-memory.ts'

/** What an entry takes beside its bytes: objects, cursor, map. */
const OVERHEAD_BYTES = 1_024

/** One recent record, with what was rendered of it so far. */
export class TailEntry implements KeptBytes {
  readonly partition: number
  readonly offset: bigint
  readonly timestampMs: number
  /** undefined: unreadable. */
  readonly change: StoredChange | undefined
  /** For whoever has everything in the tail up to and with this entry. */
  readonly cursor: Cursor
  readonly #memory: TailMemory
  /** What was made first, which mostly is all. */
  #firstKey: string | undefined
  #firstPiece: BodyPiece | undefined
  #others: Map<string, BodyPiece> | undefined
  #bytes: number

  constructor(record: LogRecord, cursor: Cursor, memory: TailMemory) {
    const change = readStoredChange(record)
    this.partition = record.partition
    this.offset = record.offset
    this.timestampMs = record.timestampMs
    this.change = change && new KeptChange(change, memory)
    this.cursor = cursor
    this.#memory = memory
    this.#bytes = OVERHEAD_BYTES + (record.value?.length ?? 0)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The change with the entry's own cursor. Rendered once for all subscribers that share the representation. */
  frame(representation: Representation, change: StoredChange): Uint8Array {
    const known = this.get(representation.key)
    if (known !== undefined) return known
    const frame = representation.change(change, this.cursor, this)
    if (!representation.isShared) return frame
    this.set(representation.key, frame)
    return this.get(representation.key) ?? frame
  }

  get(key: string): Uint8Array | undefined {
    return key === this.#firstKey ? this.#firstPiece : this.#others?.get(key)
  }

  set(key: string, piece: BodyPiece): void {
    if (this.get(key) !== undefined) return
    const own = this.#memory.keep(piece)
    this.#bytes += own.length
    this.#put(key, piece.sum === undefined ? own : Object.assign(own, { sum: piece.sum }))
  }

  #put(key: string, piece: BodyPiece): void {
    if (this.#firstKey === undefined) {
      this.#firstKey = key
      this.#firstPiece = piece
      return
    }
    this.#others ??= new Map()
    this.#others.set(key, piece)
  }
}
