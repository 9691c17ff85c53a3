import type { LogRecord, RecordHeaders } from '../change-log.ts'
import { HeaderNames } from '../header-names.ts'

/**
 * The frame of a record in its block:
 *
 *     frame   u32 bytes of this frame · f64 offset · f64 timestamp in ms · u32 bytes of the key ·
 *             u32 bytes of the value (TOMBSTONE: there is none) · u32 number of headers ·
 *             key · (u32 bytes of the name · u32 bytes of the value · name · value)… · value
 *
 * Numbers are little-endian, text is UTF-8.
 */
export const FRAME_HEAD_BYTES = 32
export const HEADER_HEAD_BYTES = 8
export const TOMBSTONE = 0xffffffff

/** Where a record was read from. */
export interface RecordSource {
  readonly topic: string
  readonly partition: number
  readonly block: Buffer
  /** Of the same bytes; reads numbers fastest. */
  readonly view: DataView
}

/**
 * A record that is read from its frame as far as it is asked: a reader that wants one header of a thousand records
 * decodes a thousand headers. Headers and value are views into the block, not copies.
 */
export class BlockRecord implements LogRecord {
  readonly #source: RecordSource
  readonly #start: number
  #headers: RecordHeaders | undefined

  constructor(source: RecordSource, start: number) {
    this.#source = source
    this.#start = start
  }

  get topic(): string {
    return this.#source.topic
  }

  get partition(): number {
    return this.#source.partition
  }

  get offset(): bigint {
    return BigInt(this.#source.view.getFloat64(this.#start + 4, true))
  }

  get timestampMs(): number {
    return this.#source.view.getFloat64(this.#start + 12, true)
  }

  get key(): string {
    const keyStart = this.#start + FRAME_HEAD_BYTES
    return this.#source.block.toString('utf8', keyStart, keyStart + this.#uint32At(20))
  }

  get headers(): RecordHeaders {
    this.#headers ??= this.#decodeHeaders()
    return this.#headers
  }

  /** It is the last of its frame. */
  get value(): Uint8Array | null {
    const valueBytes = this.#uint32At(24)
    if (valueBytes === TOMBSTONE) return null
    const end = this.#start + this.#uint32At(0)
    return this.#source.block.subarray(end - valueBytes, end)
  }

  #decodeHeaders(): RecordHeaders {
    const { block, view } = this.#source
    const headers: Record<string, Uint8Array> = {}
    let at = this.#start + FRAME_HEAD_BYTES + this.#uint32At(20)
    for (let left = this.#uint32At(28); left > 0; left--) {
      const nameStart = at + HEADER_HEAD_BYTES
      const valueStart = nameStart + view.getUint32(at, true)
      at = valueStart + view.getUint32(at + 4, true)
      headers[NAMES.read(block, nameStart, valueStart)] = block.subarray(valueStart, at)
    }
    return headers
  }

  #uint32At(at: number): number {
    return this.#source.view.getUint32(this.#start + at, true)
  }
}

const NAMES = new HeaderNames()
