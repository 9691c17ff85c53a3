import type { RecordHeaders } from '../change-log.ts'
import { HeaderNames } from '../header-names.ts'

/** Reads what a batch holds, one field after the other (https://kafka.apache.org/documentation/#record). */
export class RecordCursor {
  readonly #buffer: Buffer
  #at: number

  constructor(buffer: Buffer, start: number) {
    this.#buffer = buffer
    this.#at = start
  }

  /** Where it stands. */
  get at(): number {
    return this.#at
  }

  /** At the beginning of a record: where the next one begins. The cursor stands in front of the attributes then. */
  recordEnd(): number {
    const length = this.#varint()
    return this.#at + length
  }

  /** Behind it comes the key. */
  deltas(): { readonly timestampDelta: number; readonly offsetDelta: number } {
    this.#at++ // attributes, of which there are none
    return { timestampDelta: this.#varint(), offsetDelta: this.#varint() }
  }

  moveTo(at: number): void {
    this.#at = at
  }

  bytes(): Buffer | null {
    const length = this.#varint()
    if (length < 0) return null
    this.#at += length
    return this.#buffer.subarray(this.#at - length, this.#at)
  }

  skipBytes(): void {
    const length = Math.max(0, this.#varint())
    this.#at += length
  }

  /** Where there is none, it is empty. */
  text(): string {
    const length = Math.max(0, this.#varint())
    this.#at += length
    return this.#buffer.toString('utf8', this.#at - length, this.#at)
  }

  headers(): RecordHeaders {
    const count = this.#varint()
    if (count === 0) return NO_HEADERS
    const headers: Record<string, Uint8Array> = {}
    for (let index = 0; index < count; index++) {
      const length = this.#varint()
      this.#at += length
      const name = NAMES.read(this.#buffer, this.#at - length, this.#at)
      headers[name] = this.bytes() ?? NO_BYTES
    }
    return headers
  }

  /** A zigzag number of up to 64 bits; by multiplication, because shifts end at 32. */
  #varint(): number {
    let byte = this.#buffer[this.#at++] ?? 0
    let value = byte & 0x7f
    for (let scale = 128; byte >= 0x80; scale *= 128) {
      byte = this.#buffer[this.#at++] ?? 0
      value += (byte & 0x7f) * scale
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

const NAMES = new HeaderNames()
const NO_BYTES = Buffer.alloc(0)
const NO_HEADERS: RecordHeaders = {}
