import type { LogRecord, RecordHeaders } from '../change-log.ts'
import { HeaderNames } from './header-names.ts'

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
    return BigInt(this.#source.block.readDoubleLE(this.#start + 4))
  }

  get timestampMs(): number {
    return this.#source.block.readDoubleLE(this.#start + 12)
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
    return viewOf(this.#source.block, this.#start + this.#uint32At(0) - valueBytes, valueBytes)
  }

  #decodeHeaders(): RecordHeaders {
    const { block } = this.#source
    const headers: Record<string, Uint8Array> = {}
    let at = this.#start + FRAME_HEAD_BYTES + this.#uint32At(20)
    for (let left = this.#uint32At(28); left > 0; left--) {
      const nameStart = at + HEADER_HEAD_BYTES
      const valueStart = nameStart + block.readUInt32LE(at)
      const valueBytes = block.readUInt32LE(at + 4)
      headers[NAMES.read(block, nameStart, valueStart)] = viewOf(block, valueStart, valueBytes)
      at = valueStart + valueBytes
    }
    return headers
  }

  #uint32At(at: number): number {
    return this.#source.block.readUInt32LE(this.#start + at)
  }
}

const NAMES = new HeaderNames()

function viewOf(block: Buffer, start: number, length: number): Uint8Array {
  return new Uint8Array(block.buffer, block.byteOffset + start, length)
}
