import { setImmediate as nextTurn } from 'node:timers/promises'
import { halfSipHash } from './half-sip-hash.ts'
import type { LookupKey } from './lookup-key.ts'

const NEWLINE = 0x0a
/** At most two of three slots are taken, so that a look-up ends after a few steps. */
const SLOTS_PER_ENTRY_MIN = 1.5
const SLOTS_MIN = 8

/** Other work has its turn after so much time, which is looked at after so many entries. */
const SLICE_MS = 4
const SLICE_ENTRIES = 512

/**
 * A set of texts in two blocks of memory and no objects: the bytes of the entries, each with a newline behind it, and an open hash
 * table of where they begin. 6 to 12 bytes an entry beside the text itself.
 */
export class EntryTable {
  readonly #text: Uint8Array
  /** Where an entry begins, and one more; 0: nothing is here. */
  readonly #slots: Uint32Array
  readonly #mask: number

  /** Takes the entries, which are all different, as they are; in slices, so that nobody waits for a million of them. */
  static async of(text: Uint8Array, entries: number): Promise<EntryTable> {
    const table = new EntryTable(text, entries)
    let sliceEndMs = performance.now() + SLICE_MS
    for (let start = 0, count = 1; start < text.length; count++) {
      const end = text.indexOf(NEWLINE, start)
      table.#add(start, end)
      start = end + 1
      if (count % SLICE_ENTRIES > 0 || performance.now() < sliceEndMs) continue
      await nextTurn()
      sliceEndMs = performance.now() + SLICE_MS
    }
    return table
  }

  /** What a table of so many entries takes. */
  static bytesOf(textBytes: number, entries: number): number {
    return textBytes + slotsFor(entries) * Uint32Array.BYTES_PER_ELEMENT
  }

  private constructor(text: Uint8Array, entries: number) {
    this.#text = text
    this.#slots = new Uint32Array(slotsFor(entries))
    this.#mask = this.#slots.length - 1
  }

  /** Of both blocks. */
  get bytes(): number {
    return this.#text.length + this.#slots.byteLength
  }

  has({ bytes, length, hash }: LookupKey): boolean {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const start = (this.#slots[slot] ?? 0) - 1
      if (start < 0) return false
      if (this.#isAt(start, bytes, length)) return true
    }
  }

  #add(start: number, end: number): void {
    let slot = halfSipHash(this.#text, start, end) & this.#mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
    this.#slots[slot] = start + 1
  }

  /** No entry is empty, or has a newline in it, so an entry that goes on or ends sooner differs here. */
  #isAt(start: number, bytes: Uint8Array, length: number): boolean {
    const text = this.#text
    if (text[start + length] !== NEWLINE) return false
    for (let index = 0; index < length; index++) if (text[start + index] !== bytes[index]) return false
    return true
  }
}

/** A power of two. */
function slotsFor(entries: number): number {
  let slots = SLOTS_MIN
  while (slots < entries * SLOTS_PER_ENTRY_MIN) slots *= 2
  return slots
}
