import type { LineDiff } from './line-diff.ts'
import { Numbering } from './numbering.ts'
import { type WordBag, wordBag } from './similar-lines.ts'
import { readWords, type WordLine } from './word-diff.ts'

export interface ReadLine extends WordLine {
  readonly bag: WordBag
}

/** What reading a line and comparing it costs in steps, beside its length: it bounds how many edited lines are looked into. */
const STEPS_PER_LINE = 500

/** The words of both texts' lines, read when they are asked for, once; undefined where the budget does not allow it. */
export class LineWords {
  readonly #lines: LineDiff
  readonly #numbering = new Numbering()
  readonly #base = new Map<number, ReadLine>()
  readonly #text = new Map<number, ReadLine>()

  constructor(lines: LineDiff) {
    this.#lines = lines
  }

  base(line: number): ReadLine | undefined {
    return this.#read(line, this.#lines.baseLines, this.#base)
  }

  text(line: number): ReadLine | undefined {
    return this.#read(line, this.#lines.textLines, this.#text)
  }

  /** All or nothing. */
  baseBags(lines: readonly number[]): WordBag[] | undefined {
    return this.#bags(lines, (line) => this.base(line))
  }

  textBags(lines: readonly number[]): WordBag[] | undefined {
    return this.#bags(lines, (line) => this.text(line))
  }

  #read(index: number, lines: readonly string[], read: Map<number, ReadLine>): ReadLine | undefined {
    const known = read.get(index)
    if (known !== undefined) return known
    const line = lines[index] as string
    if (!this.#lines.budget.take(STEPS_PER_LINE + line.length)) return undefined
    const words = readWords(line, this.#numbering)
    const readLine = { ...words, bag: wordBag(words) }
    read.set(index, readLine)
    return readLine
  }

  #bags(lines: readonly number[], read: (line: number) => ReadLine | undefined): WordBag[] | undefined {
    if (!this.#lines.budget.allows(lines.length * STEPS_PER_LINE)) return undefined
    const bags: WordBag[] = []
    for (const line of lines) {
      const bag = read(line)?.bag
      if (bag === undefined) return undefined
      bags.push(bag)
    }
    return bags
  }
}
