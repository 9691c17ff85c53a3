import type { WordLine } from './word-diff.ts'

/** A line for comparison with others: its words in the order of their numbers, spaces left out. */
export interface WordBag {
  readonly words: Int32Array
  /** Per word its length. */
  readonly weights: Int32Array
  readonly weight: number
}

export function wordBag({ line, words, ends }: WordLine): WordBag {
  // One number for a word and where it stands: sorting numbers is much faster than sorting pairs.
  const keys = Float64Array.from(words, (word, index) => word * INDEX_SPACE + index)
  keys.sort()
  const bag = new Int32Array(keys.length)
  const weights = new Int32Array(keys.length)
  let count = 0
  let weight = 0
  for (const key of keys) {
    const length = lengthOf(line, ends, key % INDEX_SPACE)
    if (length === 0) continue
    bag[count] = Math.floor(key / INDEX_SPACE)
    weights[count++] = length
    weight += length
  }
  return { words: bag.subarray(0, count), weights: weights.subarray(0, count), weight }
}

/** More words than any line has. */
const INDEX_SPACE = 2 ** 24

/** Spaces count for nothing: lines do not become similar by them. */
function lengthOf(line: string, ends: readonly number[], index: number): number {
  const start = index === 0 ? 0 : (ends[index - 1] as number)
  return isSpace(line.charCodeAt(start)) ? 0 : (ends[index] as number) - start
}

/** How much of the two lines is the same words in any order: the length of those words. */
export function sharedWeight(one: WordBag, other: WordBag): number {
  let shared = 0
  let at = 0
  for (let index = 0; index < one.words.length && at < other.words.length; index++) {
    const word = one.words[index] as number
    while ((other.words[at] as number) < word) at++
    if (other.words[at] !== word) continue
    shared += one.weights[index] as number
    at++
  }
  return shared
}

/** From 0, no word in common, to 1, the same words. */
export function similarity(one: WordBag, other: WordBag, shared = sharedWeight(one, other)): number {
  return shared === 0 ? 0 : (2 * shared) / (one.weight + other.weight)
}

/** Below this two lines are no edit of each other; they are shown as one gone and one come. */
export const SIMILARITY_MIN = 0.4

function isSpace(charCode: number): boolean {
  return charCode === 0x20 || charCode === 0x09 || charCode === 0xa0 || charCode === 0x3000
}
