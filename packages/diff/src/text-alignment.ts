import { pairLines } from './changed-lines.ts'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { diffLines, type Gap, type LineDiff } from './line-diff.ts'
import { LineWords } from './line-words.ts'
import { diffWords, type WordChange } from './word-diff.ts'

/** Where every line of the new text comes from; the diff is written from it. */
export interface TextAlignment {
  readonly lines: LineDiff
  /** Per line of the new text the line of the base that it was, or `NEW_LINE`. No base line appears twice. */
  readonly origins: Int32Array
  /** Per line of the new text 1 when it has moved. All others with an origin are in the base's order. */
  readonly isMoved: Uint8Array
  /** How lines differ from their origins, by line of the new text. */
  readonly changes: ReadonlyMap<number, readonly WordChange[]>
}

export const NEW_LINE = -1

export function alignTexts(
  base: string,
  text: string,
  limits: DiffLimits = DEFAULT_DIFF_LIMITS,
): TextAlignment {
  return new Alignment(diffLines(base, text, limits)).align()
}

class Alignment implements TextAlignment {
  readonly lines: LineDiff
  readonly origins: Int32Array
  readonly isMoved: Uint8Array
  readonly changes = new Map<number, readonly WordChange[]>()
  readonly #words: LineWords

  constructor(lines: LineDiff) {
    this.lines = lines
    this.origins = keptOrigins(lines)
    this.isMoved = new Uint8Array(this.origins.length)
    this.#words = new LineWords(lines)
  }

  align(): this {
    for (const gap of this.lines.gaps) this.#pairChangedLines(gap)
    return this
  }

  #pairChangedLines(gap: Gap): void {
    const base = range(gap.baseStart, gap.baseEnd)
    const text = range(gap.textStart, gap.textEnd)
    if (base.length === 0 || text.length === 0) return
    const baseBags = this.#words.baseBags(base)
    const textBags = this.#words.textBags(text)
    if (baseBags === undefined || textBags === undefined) return
    for (const pair of pairLines(baseBags, textBags, this.lines.budget)) {
      this.#tryChange(base[pair.base] as number, text[pair.text] as number)
    }
  }

  /** Takes one line for an edit of another, when saying so is shorter than the line itself. */
  #tryChange(baseLine: number, textLine: number): void {
    const base = this.#words.base(baseLine)
    const text = this.#words.text(textLine)
    const changes = diffWords(base, text, this.lines.budget)
    if (lengthOf(changes) > text.line.length + LINE_OP_LENGTH) return
    this.origins[textLine] = baseLine
    this.changes.set(textLine, changes)
  }
}

/** About what a change of its own line costs in JSON, beside its steps. */
const LINE_OP_LENGTH = 16
/** About what two numbers and the quotes of a step cost. */
const WORD_OP_LENGTH = 8

function lengthOf(changes: readonly WordChange[]): number {
  return changes.reduce((sum, change) => sum + change.textEnd - change.textStart + WORD_OP_LENGTH, 0)
}

function keptOrigins({ textLines, gaps }: LineDiff): Int32Array {
  const origins = new Int32Array(textLines.length)
  let at = 0
  let shift = 0
  for (const gap of gaps) {
    for (; at < gap.textStart; at++) origins[at] = at + shift
    origins.fill(NEW_LINE, gap.textStart, gap.textEnd)
    at = gap.textEnd
    shift = gap.baseEnd - gap.textEnd
  }
  for (; at < origins.length; at++) origins[at] = at + shift
  return origins
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index)
}
