import { type DiffLimits, StepBudget } from './diff-limits.ts'
import { Numbering } from './numbering.ts'
import { matchSequences, UNMATCHED } from './sequence-matches.ts'
import { shiftChanges } from './shifted-changes.ts'

/** Which lines two texts share, in order: what is outside of the gaps is kept, line by line. */
export interface LineDiff {
  readonly baseLines: readonly string[]
  readonly textLines: readonly string[]
  /** In order, never touching each other. */
  readonly gaps: readonly Gap[]
  readonly budget: StepBudget
}

/** Lines `baseStart` to `baseEnd` (exclusive) give way to lines `textStart` to `textEnd`. One of the two may be none. */
export interface Gap {
  readonly baseStart: number
  readonly baseEnd: number
  readonly textStart: number
  readonly textEnd: number
}

export function diffLines(
  baseLines: readonly string[],
  textLines: readonly string[],
  limits: DiffLimits,
): LineDiff {
  const budget = new StepBudget(limits)
  const baseChanged = new Uint8Array(baseLines.length)
  const textChanged = new Uint8Array(textLines.length)
  markChanges(baseLines, textLines, baseChanged, textChanged, budget)
  shiftChanges(baseLines, baseChanged, textChanged, budget)
  shiftChanges(textLines, textChanged, baseChanged, budget)
  return { baseLines, textLines, gaps: gapsOf(baseChanged, textChanged), budget }
}

type Lines = readonly string[]

function markChanges(
  base: Lines,
  text: Lines,
  baseChanged: Uint8Array,
  textChanged: Uint8Array,
  budget: StepBudget,
): void {
  let start = 0
  while (start < base.length && start < text.length && base[start] === text[start]) start++
  let baseEnd = base.length
  let textEnd = text.length
  while (baseEnd > start && textEnd > start && base[baseEnd - 1] === text[textEnd - 1]) {
    baseEnd--
    textEnd--
  }
  const numbering = new Numbering()
  const baseNumbers = numbersOf(base, start, baseEnd, numbering)
  const textNumbers = numbersOf(text, start, textEnd, numbering)
  baseChanged.fill(1, start, baseEnd)
  textChanged.fill(1, start, textEnd)
  matchSequences(baseNumbers, textNumbers, budget).forEach((partner, index) => {
    if (partner === UNMATCHED) return
    baseChanged[start + index] = 0
    textChanged[start + partner] = 0
  })
}

function numbersOf(lines: Lines, start: number, end: number, numbering: Numbering): Int32Array {
  const numbers = new Int32Array(end - start)
  for (let index = start; index < end; index++) numbers[index - start] = numbering.of(lines[index] as string)
  return numbers
}

function gapsOf(baseChanged: Uint8Array, textChanged: Uint8Array): Gap[] {
  const gaps: Gap[] = []
  let baseAt = 0
  let textAt = 0
  while (baseAt < baseChanged.length || textAt < textChanged.length) {
    const baseStart = baseAt
    const textStart = textAt
    while (baseChanged[baseAt] === 1) baseAt++
    while (textChanged[textAt] === 1) textAt++
    if (baseAt > baseStart || textAt > textStart)
      gaps.push({ baseStart, baseEnd: baseAt, textStart, textEnd: textAt })
    baseAt++
    textAt++
  }
  return gaps
}
