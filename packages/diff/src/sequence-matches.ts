import type { StepBudget } from './diff-limits.ts'
import { longestIncreasingSubsequence } from './increasing-subsequence.ts'
import { MiddleSearch } from './middle-search.ts'

/** For each element of `a` the index of its partner in `b`, or `UNMATCHED`. Partners are equal, their indices increase. */
export type SequenceMatches = Int32Array

export const UNMATCHED = -1

/**
 * The longest common subsequence of two sequences of ids (small non-negative integers).
 *
 * Where the sequences differ so much that the search would cost more than a share of the budget, elements that occur
 * once on both sides cut the problem into smaller ones; a stretch that has none stays unmatched. The result is then still
 * a common subsequence, if not the longest, and the budget says that it was exceeded.
 */
export function matchSequences(a: Int32Array, b: Int32Array, budget: StepBudget): SequenceMatches {
  const matches = new Int32Array(a.length).fill(UNMATCHED)
  const occurrences = new Occurrences(a, b)
  // What occurs on one side only can have no partner; without it the search is far shorter.
  const fromA = occurrences.onBothSides(a)
  const fromB = occurrences.onBothSides(b)
  if (fromA.length === 0 || fromB.length === 0) return matches
  const matcher = new RangeMatcher(pick(a, fromA), pick(b, fromB), occurrences, budget)
  matcher.match().forEach((partner, index) => {
    if (partner !== UNMATCHED) matches[fromA[index] as number] = fromB[partner] as number
  })
  return matches
}

class RangeMatcher {
  readonly #a: Int32Array
  readonly #b: Int32Array
  readonly #occurrences: Occurrences
  readonly #budget: StepBudget
  readonly #search: MiddleSearch
  readonly #matches: SequenceMatches

  constructor(a: Int32Array, b: Int32Array, occurrences: Occurrences, budget: StepBudget) {
    this.#a = a
    this.#b = b
    this.#occurrences = occurrences
    this.#budget = budget
    this.#search = new MiddleSearch(a, b, budget)
    this.#matches = new Int32Array(a.length).fill(UNMATCHED)
  }

  match(): SequenceMatches {
    this.#matchRange(0, this.#a.length, 0, this.#b.length)
    return this.#matches
  }

  #matchRange(aStart: number, aEnd: number, bStart: number, bEnd: number): void {
    const a = this.#a
    const b = this.#b
    while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) this.#matches[aStart++] = bStart++
    while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) this.#matches[--aEnd] = --bEnd
    if (aStart === aEnd || bStart === bEnd) return
    const middle = this.#search.find(aStart, aEnd, bStart, bEnd)
    if (middle === undefined) {
      this.#matchAroundAnchors(aStart, aEnd, bStart, bEnd)
    } else {
      this.#matchRange(aStart, middle.a, bStart, middle.b)
      this.#matchRange(middle.a, aEnd, middle.b, bEnd)
    }
  }

  #matchAroundAnchors(aStart: number, aEnd: number, bStart: number, bEnd: number): void {
    if (!this.#budget.take(aEnd - aStart + bEnd - bStart)) return
    const candidates = this.#occurrences.uniqueOnBothSides(
      this.#a.subarray(aStart, aEnd),
      this.#b.subarray(bStart, bEnd),
    )
    const anchors = longestIncreasingSubsequence(candidates.map((candidate) => candidate.b))
    if (anchors.length === 0) return
    let aFrom = aStart
    let bFrom = bStart
    for (const anchor of anchors) {
      const { a, b } = candidates[anchor] as Pair
      this.#matches[aStart + a] = bStart + b
      this.#matchRange(aFrom, aStart + a, bFrom, bStart + b)
      aFrom = aStart + a + 1
      bFrom = bStart + b + 1
    }
    this.#matchRange(aFrom, aEnd, bFrom, bEnd)
  }
}

interface Pair {
  readonly a: number
  readonly b: number
}

/** Counts ids; the arrays are as long as the largest id and are zero between two calls. */
class Occurrences {
  readonly #inA: Int32Array
  readonly #inB: Int32Array
  readonly #lastInB: Int32Array
  readonly #bothSides: Uint8Array

  constructor(a: Int32Array, b: Int32Array) {
    let idMax = 0
    for (const id of a) if (id > idMax) idMax = id
    for (const id of b) if (id > idMax) idMax = id
    this.#inA = new Int32Array(idMax + 1)
    this.#inB = new Int32Array(idMax + 1)
    this.#lastInB = new Int32Array(idMax + 1)
    this.#bothSides = new Uint8Array(idMax + 1)
    for (const id of a) this.#bothSides[id] = 1
    for (const id of b) if (this.#bothSides[id] === 1) this.#bothSides[id] = 2
  }

  /** The indices of the elements that the other side has as well. */
  onBothSides(ids: Int32Array): Int32Array {
    const indices = new Int32Array(ids.length)
    let count = 0
    for (let index = 0; index < ids.length; index++) {
      if (this.#bothSides[ids[index] as number] === 2) indices[count++] = index
    }
    return indices.subarray(0, count)
  }

  uniqueOnBothSides(a: Int32Array, b: Int32Array): Pair[] {
    for (const id of a) this.#inA[id] = (this.#inA[id] as number) + 1
    for (let index = 0; index < b.length; index++) {
      const id = b[index] as number
      this.#inB[id] = (this.#inB[id] as number) + 1
      this.#lastInB[id] = index
    }
    const pairs: Pair[] = []
    for (let index = 0; index < a.length; index++) {
      const id = a[index] as number
      if (this.#inA[id] === 1 && this.#inB[id] === 1) pairs.push({ a: index, b: this.#lastInB[id] as number })
    }
    for (const id of a) this.#inA[id] = 0
    for (const id of b) this.#inB[id] = 0
    return pairs
  }
}

function pick(ids: Int32Array, indices: Int32Array): Int32Array {
  return indices.map((index) => ids[index] as number)
}
