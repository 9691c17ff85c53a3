import { type Attributes, decodeAttributes, decodePartLayout, type PartSlice } from '@freshet/events'
import type { ReadChange, StoredChange } from '../stored-change.ts'
import type { TailMemory } from './tail-memory.ts'

/**
 * A change in the tail, where it stays for long and is asked for a few times, mostly at once: one piece of memory, of which views are
 * made anew each time. Many objects that stay would be most of the garbage collector's work.
 */
export class KeptChange implements StoredChange {
  /** Attributes, parts and value, one behind the other. */
  readonly #bytes: Buffer
  readonly #partsStart: number
  readonly #valueStart: number

  constructor({ attributesHeader, partsHeader, value }: ReadChange, memory: TailMemory) {
    this.#partsStart = attributesHeader.length
    this.#valueStart = attributesHeader.length + partsHeader.length
    this.#bytes = memory.keep(attributesHeader, partsHeader, value)
  }

  get attributes(): Attributes {
    return decodeAttributes(this.#bytes.subarray(0, this.#partsStart))
  }

  get layout(): readonly PartSlice[] {
    return decodePartLayout(this.#bytes.subarray(this.#partsStart, this.#valueStart))
  }

  get value(): Uint8Array {
    return this.#bytes.subarray(this.#valueStart)
  }
}
