import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { diffLines, type Gap, type LineDiff } from './line-diff.ts'
import { LineOrigins, NONE } from './line-origins.ts'
import { pairLines } from './line-pairs.ts'
import { LineWords } from './line-words.ts'
import { findMovedBlocks, growMovedBlocks } from './moved-blocks.ts'
import { SimilarLineIndex } from './similar-line-index.ts'
import { SIMILARITY_MIN, similarity } from './similar-lines.ts'
import { diffWords, joinReplacements, type WordChange } from './word-diff.ts'

/** Where every line of the new text comes from, and how it differs from what it was. */
export interface TextAlignment {
  readonly base: string
  readonly text: string
  readonly lines: LineDiff
  readonly origins: LineOrigins
  /** How lines differ from their origins, by line of the new text. */
  readonly changes: ReadonlyMap<number, readonly WordChange[]>
}

/** Lines that were both moved and edited must be this similar, and this long in UTF-16 units, to be taken for the same. */
const MOVED_SIMILARITY_MIN = 0.5
const MOVED_LENGTH_MIN = 40

/** About what a change of its own line costs in JSON, beside its steps; and what a step costs, beside its text. */
const CHANGE_LENGTH = 16
const STEP_LENGTH = 8

export function alignTexts(
  base: string,
  text: string,
  limits: DiffLimits = DEFAULT_DIFF_LIMITS,
): TextAlignment {
  return new Alignment(base, text, limits).align()
}

class Alignment implements TextAlignment {
  readonly base: string
  readonly text: string
  readonly lines: LineDiff
  readonly origins: LineOrigins
  readonly changes = new Map<number, readonly WordChange[]>()
  readonly #words: LineWords

  constructor(base: string, text: string, limits: DiffLimits) {
    this.base = base
    this.text = text
    this.lines = diffLines(base.split('\n'), text.split('\n'), limits)
    this.origins = new LineOrigins(this.lines)
    this.#words = new LineWords(this.lines)
  }

  align(): this {
    findMovedBlocks(this.lines, this.origins)
    for (const gap of this.lines.gaps) this.#pairEditedLines(gap)
    this.#growMovedBlocks()
    this.#findMovedAndEditedLines()
    this.#growMovedBlocks()
    return this
  }

  #growMovedBlocks(): void {
    growMovedBlocks(this.lines, this.origins, (base, text) => this.#isEdit(base, text))
  }

  #pairEditedLines(gap: Gap): void {
    const base = this.#goneLines([gap])
    const text = this.#newLines([gap])
    if (base.length === 0 || text.length === 0) return
    const baseBags = this.#words.baseBags(base)
    const textBags = this.#words.textBags(text)
    if (baseBags === undefined || textBags === undefined) return
    for (const pair of pairLines(baseBags, textBags, this.lines.budget)) {
      const baseLine = base[pair.base] as number
      const textLine = text[pair.text] as number
      if (this.#isEdit(baseLine, textLine)) this.origins.stay(baseLine, textLine)
    }
  }

  #findMovedAndEditedLines(): void {
    const base = this.#goneLines(this.lines.gaps).filter((line) => isLong(this.lines.baseLines[line]))
    const text = this.#newLines(this.lines.gaps).filter((line) => isLong(this.lines.textLines[line]))
    if (base.length === 0 || text.length === 0) return
    const baseBags = this.#words.baseBags(base)
    const textBags = this.#words.textBags(text)
    if (baseBags === undefined || textBags === undefined) return
    const index = new SimilarLineIndex(baseBags, this.lines.budget)
    textBags.forEach((bag, at) => {
      const similar = index.find(bag, MOVED_SIMILARITY_MIN)
      if (similar === undefined) return
      const baseLine = base[similar] as number
      const textLine = text[at] as number
      if (!this.origins.areFree(baseLine, textLine)) return
      if (this.#isEdit(baseLine, textLine)) this.origins.move(baseLine, textLine)
    })
  }

  /** Notes how one line became another, where they are similar and saying so is shorter than the line itself. */
  #isEdit(baseLine: number, textLine: number): boolean {
    const base = this.#words.base(baseLine)
    const text = this.#words.text(textLine)
    if (base === undefined || text === undefined) return false
    if (similarity(base.bag, text.bag) < SIMILARITY_MIN) return false
    const changes = joinReplacements(base.line, diffWords(base, text, this.lines.budget))
    const length = changes.reduce((sum, change) => sum + change.textEnd - change.textStart + STEP_LENGTH, 0)
    if (length > text.line.length + CHANGE_LENGTH) return false
    this.changes.set(textLine, changes)
    return true
  }

  #goneLines(gaps: readonly Gap[]): number[] {
    const lines: number[] = []
    for (const gap of gaps) {
      for (let line = gap.baseStart; line < gap.baseEnd; line++)
        if (this.origins.targetOf[line] === NONE) lines.push(line)
    }
    return lines
  }

  #newLines(gaps: readonly Gap[]): number[] {
    const lines: number[] = []
    for (const gap of gaps) {
      for (let line = gap.textStart; line < gap.textEnd; line++)
        if (this.origins.originOf[line] === NONE) lines.push(line)
    }
    return lines
  }
}

function isLong(line: string | undefined): boolean {
  return line !== undefined && line.length >= MOVED_LENGTH_MIN
}
