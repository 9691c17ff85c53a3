import { TEXT_LENGTH_MAX } from '@freshet/protocol'
import { halfSipHash } from './half-sip-hash.ts'

/** UTF-8 takes at most three bytes for each code unit. */
const BYTES_MAX = TEXT_LENGTH_MAX * 3

/** A value that is looked up, encoded and hashed once for all tables that are asked for it one after the other. */
export class LookupKey {
  readonly bytes = Buffer.alloc(BYTES_MAX)
  #value: string | number | undefined
  #length = 0
  #hash = 0

  get length(): number {
    return this.#length
  }

  get hash(): number {
    return this.#hash
  }

  /** What is longer than an entry may be becomes an empty key, which no table has. */
  become(value: string | number): void {
    if (value === this.#value) return
    const text = String(value)
    this.#value = value
    this.#length = text.length > TEXT_LENGTH_MAX ? 0 : this.bytes.write(text)
    this.#hash = halfSipHash(this.bytes, 0, this.#length)
  }
}
