import type { StepBudget } from './diff-limits.ts'
import { sharedWeight, similarity, type WordBag } from './similar-lines.ts'

/** Below this two lines are no edit of each other; they are shown as one gone and one come. */
export const SIMILARITY_MIN = 0.4

export interface LinePair {
  readonly base: number
  readonly text: number
}

/**
 * Which lines of a gap are edits of each other: the pairs, in order on both sides, that share the most. Indices count
 * within the gap. A gap too large for the budget pairs the first line with the first, the second with the second.
 */
export function pairLines(
  base: readonly WordBag[],
  text: readonly WordBag[],
  budget: StepBudget,
): LinePair[] {
  const steps = base.length * wordCount(text) + text.length * wordCount(base)
  if (!budget.take(steps)) return pairByPosition(base, text)
  const table = new PairTable(base, text)
  return table.bestPairs()
}

function wordCount(bags: readonly WordBag[]): number {
  return bags.reduce((sum, bag) => sum + bag.words.length + 1, 0)
}

function pairByPosition(base: readonly WordBag[], text: readonly WordBag[]): LinePair[] {
  const pairs: LinePair[] = []
  for (let index = 0; index < base.length && index < text.length; index++) {
    if (scoreOf(base[index] as WordBag, text[index] as WordBag) > 0) pairs.push({ base: index, text: index })
  }
  return pairs
}

/** What pairing two lines saves; 0 when they are too different. */
function scoreOf(base: WordBag, text: WordBag): number {
  const least = Math.min(base.weight, text.weight)
  if ((2 * least) / (base.weight + text.weight) < SIMILARITY_MIN) return 0
  const shared = sharedWeight(base, text)
  return similarity(shared, base, text) < SIMILARITY_MIN ? 0 : shared
}

/** `best(i, j)`: the most that the lines before `i` and `j` can share. */
class PairTable {
  readonly #base: readonly WordBag[]
  readonly #text: readonly WordBag[]
  readonly #best: Float64Array
  readonly #isPair: Uint8Array
  readonly #stride: number

  constructor(base: readonly WordBag[], text: readonly WordBag[]) {
    this.#base = base
    this.#text = text
    this.#stride = text.length + 1
    this.#best = new Float64Array((base.length + 1) * this.#stride)
    this.#isPair = new Uint8Array(this.#best.length)
    for (let i = 1; i <= base.length; i++) for (let j = 1; j <= text.length; j++) this.#fill(i, j)
  }

  bestPairs(): LinePair[] {
    const pairs: LinePair[] = []
    let i = this.#base.length
    let j = this.#text.length
    while (i > 0 && j > 0) {
      if (this.#isPair[this.#at(i, j)] === 1) pairs.push({ base: --i, text: --j })
      else if (this.#value(i - 1, j) >= this.#value(i, j - 1)) i--
      else j--
    }
    return pairs.reverse()
  }

  #fill(i: number, j: number): void {
    const without = Math.max(this.#value(i - 1, j), this.#value(i, j - 1))
    const score = scoreOf(this.#base[i - 1] as WordBag, this.#text[j - 1] as WordBag)
    const paired = score > 0 ? this.#value(i - 1, j - 1) + score : 0
    const at = this.#at(i, j)
    this.#isPair[at] = paired > without ? 1 : 0
    this.#best[at] = Math.max(paired, without)
  }

  #value(i: number, j: number): number {
    return this.#best[this.#at(i, j)] as number
  }

  #at(i: number, j: number): number {
    return i * this.#stride + j
  }
}
