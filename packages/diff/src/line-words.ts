import type { LineDiff } from './line-diff.ts'
import { Numbering } from './numbering.ts'
import { type WordBag, wordBag } from './similar-lines.ts'
import { readWords, type WordLine } from './word-diff.ts'

/** What reading a line and comparing it costs in steps, beside its length: it bounds how many edited lines are looked into. */
const STEPS_PER_LINE = 500

/** The words of both texts' lines, read when they are asked for, once. */
export class LineWords {
  readonly #lines: LineDiff
  readonly #numbering = new Numbering()
  readonly #base = new Map<number, WordLine>()
  readonly #text = new Map<number, WordLine>()

  constructor(lines: LineDiff) {
    this.#lines = lines
  }

  base(line: number): WordLine {
    return this.#read(line, this.#lines.baseLines, this.#base)
  }

  text(line: number): WordLine {
    return this.#read(line, this.#lines.textLines, this.#text)
  }

  /** Undefined when the budget does not allow to read these lines. */
  baseBags(lines: readonly number[]): WordBag[] | undefined {
    if (!this.#lines.budget.take(stepsToRead(lines, this.#lines.baseLines))) return undefined
    return lines.map((line) => wordBag(this.base(line)))
  }

  textBags(lines: readonly number[]): WordBag[] | undefined {
    if (!this.#lines.budget.take(stepsToRead(lines, this.#lines.textLines))) return undefined
    return lines.map((line) => wordBag(this.text(line)))
  }

  #read(line: number, lines: readonly string[], read: Map<number, WordLine>): WordLine {
    const known = read.get(line)
    if (known !== undefined) return known
    const words = readWords(lines[line] as string, this.#numbering)
    read.set(line, words)
    return words
  }
}

function stepsToRead(lines: readonly number[], of: readonly string[]): number {
  return lines.reduce((sum, line) => sum + STEPS_PER_LINE + (of[line] as string).length, 0)
}
