import type { WordLine } from './word-diff.ts'

/** A line for comparison with others: its words in the order of their numbers, spaces left out. */
export interface WordBag {
  readonly words: Int32Array
  /** Per word its length. */
  readonly weights: Int32Array
  readonly weight: number
}

export function wordBag({ line, words, ends }: WordLine): WordBag {
  const entries: { word: number; weight: number }[] = []
  let weight = 0
  for (let index = 0; index < words.length; index++) {
    const start = index === 0 ? 0 : (ends[index - 1] as number)
    const end = ends[index] as number
    if (isSpace(line.charCodeAt(start))) continue
    entries.push({ word: words[index] as number, weight: end - start })
    weight += end - start
  }
  entries.sort((one, other) => one.word - other.word)
  return {
    words: Int32Array.from(entries, (entry) => entry.word),
    weights: Int32Array.from(entries, (entry) => entry.weight),
    weight,
  }
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

/** From 0, nothing in common, to 1, the same words. */
export function similarity(shared: number, one: WordBag, other: WordBag): number {
  return shared === 0 ? 0 : (2 * shared) / (one.weight + other.weight)
}

function isSpace(charCode: number): boolean {
  return charCode === 0x20 || charCode === 0x09 || charCode === 0xa0 || charCode === 0x3000
}
