import type { StepBudget } from './diff-limits.ts'
import { sharedWeight, similarity, type WordBag } from './similar-lines.ts'

/** A word in more lines than this tells them apart too badly to look them up by it. */
const LINES_PER_WORD_MAX = 4

/** Of the lines that share rare words with the one in question, so many are looked at closely. */
const CANDIDATES_MAX = 4

/** What it costs to enter a word, or to look it up, beside the candidates. */
const STEPS_PER_WORD = 5

/** Finds the line most similar to a given one by the rare words that they share, without comparing all with all. */
export class SimilarLineIndex {
  readonly #bags: readonly WordBag[]
  readonly #budget: StepBudget
  readonly #linesByWord = new Map<number, number[]>()

  /** Empty when the budget does not allow to read all of the lines. */
  constructor(bags: readonly WordBag[], budget: StepBudget) {
    this.#bags = bags
    this.#budget = budget
    const words = bags.reduce((sum, bag) => sum + bag.words.length, 0)
    if (!budget.take(words * STEPS_PER_WORD)) return
    bags.forEach((bag, line) => {
      for (const word of bag.words) this.#add(word, line)
    })
  }

  /** The index of the most similar line, at least `similarityMin`; undefined when there is none or the budget is out. */
  find(bag: WordBag, similarityMin: number): number | undefined {
    if (!this.#budget.take(bag.words.length * (STEPS_PER_WORD + CANDIDATES_MAX))) return undefined
    let best: number | undefined
    let bestShared = 0
    for (const line of this.#candidates(bag)) {
      const other = this.#bags[line] as WordBag
      const shared = sharedWeight(bag, other)
      if (shared > bestShared && similarity(bag, other, shared) >= similarityMin) {
        best = line
        bestShared = shared
      }
    }
    return best
  }

  #add(word: number, line: number): void {
    const lines = this.#linesByWord.get(word)
    if (lines === undefined) this.#linesByWord.set(word, [line])
    else if (lines.at(-1) !== line && lines.length <= LINES_PER_WORD_MAX) lines.push(line)
  }

  #candidates(bag: WordBag): number[] {
    const votes = new Map<number, number>()
    bag.words.forEach((word, index) => {
      const lines = this.#linesByWord.get(word)
      if (lines === undefined || lines.length > LINES_PER_WORD_MAX) return
      for (const line of lines) votes.set(line, (votes.get(line) ?? 0) + (bag.weights[index] as number))
    })
    const ranked = [...votes].sort(([, one], [, other]) => other - one)
    return ranked.slice(0, CANDIDATES_MAX).map(([line]) => line)
  }
}
