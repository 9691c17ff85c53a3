import type { StepBudget } from './diff-limits.ts'
import { longestIncreasingSubsequence } from './increasing-subsequence.ts'
import { LinePairTable } from './line-pair-table.ts'
import { SimilarLineIndex } from './similar-line-index.ts'
import { SIMILARITY_MIN, sharedWeight, similarity, type WordBag } from './similar-lines.ts'

/** A line of the base and the line of the new text that it was edited into. */
export interface LinePair {
  readonly base: number
  readonly text: number
}

/** More comparisons than this, of all lines with all, are left to the index of rare words. */
const TABLE_SIZE_MAX = 2_500

/**
 * Which lines are edits of each other: the pairs, in order on both sides, that share the most. Among very many lines
 * those that share rare words are paired first, then what lies between them.
 */
export function pairLines(
  base: readonly WordBag[],
  text: readonly WordBag[],
  budget: StepBudget,
): LinePair[] {
  if (base.length === 0 || text.length === 0) return []
  if (base.length * text.length <= TABLE_SIZE_MAX) return bestPairs(base, text, budget)
  const anchors = similarPairs(base, text, budget)
  if (anchors.length === 0) return pairsByPosition(base, text)
  const pairs: LinePair[] = []
  let from: LinePair = { base: 0, text: 0 }
  for (const anchor of [...anchors, { base: base.length, text: text.length }]) {
    const between = pairLines(base.slice(from.base, anchor.base), text.slice(from.text, anchor.text), budget)
    for (const pair of between) pairs.push({ base: from.base + pair.base, text: from.text + pair.text })
    if (anchor.base < base.length) pairs.push(anchor)
    from = { base: anchor.base + 1, text: anchor.text + 1 }
  }
  return pairs
}

function bestPairs(base: readonly WordBag[], text: readonly WordBag[], budget: StepBudget): LinePair[] {
  const steps = base.length * wordCount(text) + text.length * wordCount(base)
  return budget.take(steps) ? new LinePairTable(base, text, savingOf).bestPairs() : []
}

function wordCount(bags: readonly WordBag[]): number {
  return bags.reduce((sum, bag) => sum + bag.words.length + 1, 0)
}

function similarPairs(base: readonly WordBag[], text: readonly WordBag[], budget: StepBudget): LinePair[] {
  const index = new SimilarLineIndex(base, budget)
  const found: LinePair[] = []
  text.forEach((bag, line) => {
    const similar = index.find(bag, SIMILARITY_MIN)
    if (similar !== undefined) found.push({ base: similar, text: line })
  })
  return longestIncreasingSubsequence(found.map((pair) => pair.base)).map((at) => found[at] as LinePair)
}

function pairsByPosition(base: readonly WordBag[], text: readonly WordBag[]): LinePair[] {
  const pairs: LinePair[] = []
  for (let line = 0; line < base.length && line < text.length; line++) {
    if (savingOf(base[line] as WordBag, text[line] as WordBag) > 0) pairs.push({ base: line, text: line })
  }
  return pairs
}

/** What pairing two lines saves: the length of the words they share; 0 when they are too different. */
function savingOf(base: WordBag, text: WordBag): number {
  const shareable = Math.min(base.weight, text.weight)
  if (similarity(base, text, shareable) < SIMILARITY_MIN) return 0
  const shared = sharedWeight(base, text)
  return similarity(base, text, shared) < SIMILARITY_MIN ? 0 : shared
}
