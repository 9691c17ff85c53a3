import type { LineDiff } from './line-diff.ts'
import { LineWords } from './line-words.ts'
import { similarity } from './similar-lines.ts'
import { utf8Length } from './utf8-length.ts'
import { diffWords, type WordChange } from './word-diff.ts'

export interface LineComparison {
  /** From 0 to 1, by MediaWiki's measure: kept bytes of all bytes, where a replacement counts with its longer side. */
  readonly similarity: number
  readonly changes: readonly WordChange[]
}

/** Compares lines of the base with lines of the new text, word by word. */
export class ComparedLines {
  readonly #lines: LineDiff
  readonly #words: LineWords

  constructor(lines: LineDiff) {
    this.#lines = lines
    this.#words = new LineWords(lines)
  }

  /** Undefined when the lines are not more similar than that, or the budget has run out. */
  compare(baseLine: number, textLine: number, similarityAbove: number): LineComparison | undefined {
    const base = this.#words.base(baseLine)
    const text = this.#words.text(textLine)
    if (base === undefined || text === undefined) return undefined
    // Counting shared words, in any order, is much faster than comparing, and hardly ever gives less.
    if (similarity(base.bag, text.bag) < similarityAbove / 2) return undefined
    const changes = diffWords(base, text, this.#lines.budget)
    const found = similarityOf(base.line, text.line, changes)
    return found > similarityAbove ? { similarity: found, changes } : undefined
  }
}

function similarityOf(base: string, text: string, changes: readonly WordChange[]): number {
  let kept = utf8Length(base)
  let differing = 0
  for (const { baseStart, baseEnd, textStart, textEnd } of changes) {
    const gone = utf8Length(base, baseStart, baseEnd)
    kept -= gone
    differing += Math.max(gone, utf8Length(text, textStart, textEnd))
  }
  return kept === 0 ? 0 : kept / (kept + differing)
}
