import { codePointCount } from './code-points.ts'
import type { StepBudget } from './diff-limits.ts'
import type { Numbering } from './numbering.ts'
import { matchSequences, UNMATCHED } from './sequence-matches.ts'
import type { WordOp } from './text-diff.ts'
import { wordEnds } from './words.ts'

/** Stretches of a line, by UTF-16 offsets, that gave way to stretches of the line that came for it. In order, apart. */
export interface WordChange {
  readonly baseStart: number
  readonly baseEnd: number
  readonly textStart: number
  readonly textEnd: number
}

/** A line cut into words, each given as its number. Lines compare when they were read with the same numbering. */
export interface WordLine {
  readonly line: string
  readonly words: Int32Array
  readonly ends: readonly number[]
}

export function readWords(line: string, numbering: Numbering): WordLine {
  const ends = wordEnds(line)
  const words = new Int32Array(ends.length)
  let start = 0
  ends.forEach((end, index) => {
    words[index] = numbering.of(line.slice(start, end))
    start = end
  })
  return { line, words, ends }
}

export function diffWords(base: WordLine, text: WordLine, budget: StepBudget): WordChange[] {
  const { start, baseEnd, textEnd } = differingMiddle(base.words, text.words)
  const [baseMiddle, textMiddle] = renumbered(
    base.words.subarray(start, baseEnd),
    text.words.subarray(start, textEnd),
  )
  const matches = matchSequences(baseMiddle, textMiddle, budget)
  const changes: WordChange[] = []
  let baseAt = 0
  let textAt = 0
  for (let index = 0; index <= matches.length; index++) {
    const partner = index < matches.length ? (matches[index] as number) : textMiddle.length
    if (partner === UNMATCHED) continue
    if (index > baseAt || partner > textAt)
      changes.push(changeOf(base, text, start + baseAt, start + index, start + textAt, start + partner))
    baseAt = index + 1
    textAt = partner + 1
  }
  return changes
}

function differingMiddle(base: Int32Array, text: Int32Array) {
  let start = 0
  while (start < base.length && start < text.length && base[start] === text[start]) start++
  let baseEnd = base.length
  let textEnd = text.length
  while (baseEnd > start && textEnd > start && base[baseEnd - 1] === text[textEnd - 1]) {
    baseEnd--
    textEnd--
  }
  return { start, baseEnd, textEnd }
}

/** With numbers from 0 up, since what counts words by number takes room for the largest. */
function renumbered(base: Int32Array, text: Int32Array): [Int32Array, Int32Array] {
  const numbers = new Map<number, number>()
  const renumber = (word: number): number => {
    const known = numbers.get(word)
    if (known !== undefined) return known
    numbers.set(word, numbers.size)
    return numbers.size - 1
  }
  return [base.map(renumber), text.map(renumber)]
}

function changeOf(
  base: WordLine,
  text: WordLine,
  baseFrom: number,
  baseTo: number,
  textFrom: number,
  textTo: number,
): WordChange {
  return {
    baseStart: offsetOf(base, baseFrom),
    baseEnd: offsetOf(base, baseTo),
    textStart: offsetOf(text, textFrom),
    textEnd: offsetOf(text, textTo),
  }
}

function offsetOf(line: WordLine, word: number): number {
  return word === 0 ? 0 : (line.ends[word - 1] as number)
}

/** Two replaced words with a space between them read better, and take less room, as one replacement. */
export function joinReplacements(base: string, changes: readonly WordChange[]): WordChange[] {
  const joined: WordChange[] = []
  for (const change of changes) {
    const before = joined.at(-1)
    const joins =
      before !== undefined &&
      isReplacement(before) &&
      isReplacement(change) &&
      base.slice(before.baseEnd, change.baseStart).trim() === ''
    if (joins) joined.pop()
    joined.push(joins ? { ...change, baseStart: before.baseStart, textStart: before.textStart } : change)
  }
  return joined
}

function isReplacement(change: WordChange): boolean {
  return change.baseEnd > change.baseStart && change.textEnd > change.textStart
}

export function wordOps(base: string, text: string, changes: readonly WordChange[]): WordOp[] {
  const ops: WordOp[] = []
  let at = 0
  for (const { baseStart, baseEnd, textStart, textEnd } of changes) {
    if (baseStart > at) ops.push(codePointCount(base, at, baseStart))
    if (baseEnd > baseStart) ops.push(-codePointCount(base, baseStart, baseEnd))
    if (textEnd > textStart) ops.push(text.slice(textStart, textEnd))
    at = baseEnd
  }
  return ops
}
