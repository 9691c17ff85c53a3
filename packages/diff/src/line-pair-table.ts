import type { LinePair } from './line-pairs.ts'
import type { WordBag } from './similar-lines.ts'

type Saving = (base: WordBag, text: WordBag) => number

/** The order-preserving pairs with the largest sum of savings, by dynamic programming over all pairs. */
export class LinePairTable {
  readonly #base: readonly WordBag[]
  readonly #text: readonly WordBag[]
  readonly #savingOf: Saving
  /** Per (i, j), row by row, the most that the first `i` and the first `j` lines can save. */
  readonly #best: Float64Array
  readonly #isPair: Uint8Array

  constructor(base: readonly WordBag[], text: readonly WordBag[], savingOf: Saving) {
    this.#base = base
    this.#text = text
    this.#savingOf = savingOf
    this.#best = new Float64Array((base.length + 1) * (text.length + 1))
    this.#isPair = new Uint8Array(this.#best.length)
    for (let i = 1; i <= base.length; i++) for (let j = 1; j <= text.length; j++) this.#fill(i, j)
  }

  bestPairs(): LinePair[] {
    const pairs: LinePair[] = []
    let i = this.#base.length
    let j = this.#text.length
    while (i > 0 && j > 0) {
      if (this.#isPair[this.#at(i, j)] === 1) pairs.push({ base: --i, text: --j })
      else if (this.#bestAt(i - 1, j) >= this.#bestAt(i, j - 1)) i--
      else j--
    }
    return pairs.reverse()
  }

  #fill(i: number, j: number): void {
    const saving = this.#savingOf(this.#base[i - 1] as WordBag, this.#text[j - 1] as WordBag)
    const paired = saving > 0 ? this.#bestAt(i - 1, j - 1) + saving : 0
    const apart = Math.max(this.#bestAt(i - 1, j), this.#bestAt(i, j - 1))
    const at = this.#at(i, j)
    this.#isPair[at] = paired > apart ? 1 : 0
    this.#best[at] = Math.max(paired, apart)
  }

  #bestAt(i: number, j: number): number {
    return this.#best[this.#at(i, j)] as number
  }

  #at(i: number, j: number): number {
    return i * (this.#text.length + 1) + j
  }
}
