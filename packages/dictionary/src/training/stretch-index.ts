import type { TrainingSample } from './training-sample.ts'

/** A stretch is so many bytes in a row: the least that is worth referring to. */
export const STRETCH_BYTES = 8

/**
 * What stands on fewer pages never gets into a dictionary. It would help nobody, and a dictionary is public and stays: what
 * one person wrote on one page, and may have to be hidden one day, must not be in it.
 */
export const PAGES_MIN = 3

/** No stretch begins here: a sample ends before it would. */
const NONE = 0

/** On how many pages each stretch of the samples stands. Takes about 50 bytes of memory for each byte of them while it is made, and 10 later. */
export class StretchIndex {
  /** All samples, those of a page beside each other. */
  readonly text: Uint8Array
  /** Which stretch begins at each place of the text. */
  readonly stretches: Uint32Array
  /** By stretch, on how many pages it stands; 0 for fewer than `PAGES_MIN`. */
  readonly pages: Uint32Array

  constructor(samples: readonly TrainingSample[]) {
    const byPage = samples.toSorted((a, b) => (a.page < b.page ? -1 : a.page > b.page ? 1 : 0))
    this.text = Buffer.concat(byPage.map(({ bytes }) => bytes))
    this.stretches = new Uint32Array(this.text.length)
    this.pages = this.#count(byPage)
  }

  #count(samples: readonly TrainingSample[]): Uint32Array {
    const table = new StretchTable(this.text)
    const pages = new Uint32Array(this.text.length + 1)
    const lastPages = new Uint32Array(this.text.length + 1)
    let start = 0
    let page = 0
    let pageName: string | undefined
    for (const sample of samples) {
      if (sample.page !== pageName) page++
      pageName = sample.page
      const end = start + sample.bytes.length
      for (let at = start; at + STRETCH_BYTES <= end; at++) {
        const stretch = table.stretchAt(at)
        this.stretches[at] = stretch
        if (lastPages[stretch] === page) continue
        lastPages[stretch] = page
        pages[stretch] = (pages[stretch] ?? 0) + 1
      }
      start = end
    }
    for (let stretch = 0; stretch < pages.length; stretch++) {
      if ((pages[stretch] ?? 0) < PAGES_MIN) pages[stretch] = NONE
    }
    return pages
  }
}

/** Numbers the different stretches of a text from 1 on. Compares the bytes, so that no two are ever taken for one. */
class StretchTable {
  readonly #view: DataView
  /** The place, from 1 on, at which the stretch in this slot was first met; 0: the slot is free. */
  readonly #places: Uint32Array
  readonly #numbers: Uint32Array
  readonly #shift: number
  #count = 0

  constructor(text: Uint8Array) {
    this.#view = new DataView(text.buffer, text.byteOffset, text.byteLength)
    // At most half full, so that a free slot is near.
    const bits = Math.max(4, Math.ceil(Math.log2(2 * text.length + 1)))
    this.#places = new Uint32Array(2 ** bits)
    this.#numbers = new Uint32Array(2 ** bits)
    this.#shift = 32 - bits
  }

  stretchAt(at: number): number {
    const view = this.#view
    const low = view.getInt32(at, true)
    const high = view.getInt32(at + 4, true)
    const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    const mask = this.#places.length - 1
    for (let slot = (mixed ^ (mixed >>> 15)) >>> this.#shift; ; slot = (slot + 1) & mask) {
      const place = (this.#places[slot] ?? 0) - 1
      if (place < 0) {
        this.#places[slot] = at + 1
        this.#numbers[slot] = ++this.#count
        return this.#count
      }
      if (view.getInt32(place, true) === low && view.getInt32(place + 4, true) === high) {
        return this.#numbers[slot] ?? 0
      }
    }
  }
}
