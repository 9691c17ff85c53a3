import type { TextAlignment } from '@freshet/diff'
import { blockLength, hunksOf } from './diff-hunks.ts'
import { type DiffRow, diffRows, takesBase, takesText } from './diff-rows.ts'
import type { Ink } from './ink.ts'
import { visible } from './visible-text.ts'
import { markedBase, markedMove, markedText } from './word-marks.ts'

export interface ViewNames {
  readonly old: string
  readonly new: string
}

/**
 * The difference of two texts for people: like a unified diff, with the words that changed marked, and with blocks that
 * moved shown where they came to.
 */
export function diffView(alignment: TextAlignment, names: ViewNames, ink: Ink): string {
  return new DiffView(alignment, ink).text(names)
}

const NEWLINE_GONE = '\\ the newline at the end is gone'
const NEWLINE_ADDED = '\\ a newline at the end is added'

class DiffView {
  readonly #alignment: TextAlignment
  readonly #ink: Ink
  readonly #rows: readonly DiffRow[]
  readonly #shown: string[] = []

  constructor(alignment: TextAlignment, ink: Ink) {
    this.#alignment = alignment
    this.#ink = ink
    this.#rows = diffRows(alignment).filter((row) => row.type !== 'kept' || !this.#isFinalNewline(row))
  }

  text(names: ViewNames): string {
    if (this.#rows.every(({ type }) => type === 'kept')) return 'The texts are the same.\n'
    this.#show(this.#ink.heading(`--- ${visible(names.old)}`), this.#ink.heading(`+++ ${visible(names.new)}`))
    for (const rows of hunksOf(this.#rows)) this.#showHunk(rows)
    this.#show(this.#ink.faint(this.#summary()))
    return `${this.#shown.join('\n')}\n`
  }

  #show(...lines: readonly string[]): void {
    this.#shown.push(...lines)
  }

  #showHunk(rows: readonly DiffRow[]): void {
    const bases = rows.flatMap((row) => (takesBase(row) && !this.#isFinalNewline(row) ? [row.base] : []))
    const texts = rows.flatMap((row) => (takesText(row) && !this.#isFinalNewline(row) ? [row.text] : []))
    this.#show(this.#ink.heading(`@@ -${rangeOf(bases)} +${rangeOf(texts)} @@`))
    for (const [at, row] of rows.entries()) this.#show(...this.#linesOf(row, blockLength(rows, at)))
  }

  /** @param block how many lines the moved block has that begins here; undefined: none begins */
  #linesOf(row: DiffRow, block: number | undefined): readonly string[] {
    const ink = this.#ink
    const { lines, changes } = this.#alignment
    const base = 'base' in row ? (lines.baseLines[row.base] ?? '') : ''
    const text = 'text' in row ? (lines.textLines[row.text] ?? '') : ''
    const wordChanges = ('text' in row && changes.get(row.text)) || []
    switch (row.type) {
      case 'kept':
        return [` ${visible(text)}`]
      case 'gone':
        return [this.#isFinalNewline(row) ? ink.faint(NEWLINE_GONE) : ink.gone(`-${visible(base)}`)]
      case 'added':
        return [this.#isFinalNewline(row) ? ink.faint(NEWLINE_ADDED) : ink.added(`+${visible(text)}`)]
      case 'edited':
        return [
          ink.gone('-') + markedBase(base, wordChanges, ink),
          ink.added('+') + markedText(text, wordChanges, ink),
        ]
      case 'moved-away':
        return block === undefined ? [] : [ink.moved(`< ${lineCount(block)} moved to line ${row.text + 1}`)]
      case 'moved-here': {
        const line = ink.moved('>') + markedMove(base, text, wordChanges, ink)
        if (block === undefined) return [line]
        return [ink.moved(`> ${lineCount(block)} moved from line ${row.base + 1}`), line]
      }
    }
  }

  /** What follows the last line feed is a line as well; when it is empty it only says that there is a line feed. */
  #isFinalNewline(row: DiffRow): boolean {
    const { baseLines, textLines } = this.#alignment.lines
    const isLast = (lines: readonly string[], line: number) => line === lines.length - 1 && lines[line] === ''
    return (
      (!takesBase(row) || isLast(baseLines, row.base)) && (!takesText(row) || isLast(textLines, row.text))
    )
  }

  #summary(): string {
    const count = (type: DiffRow['type']) =>
      this.#rows.filter((row) => row.type === type && !this.#isFinalNewline(row)).length
    const coarse = this.#alignment.lines.budget.isExceeded ? '; too different to look closer' : ''
    return `${count('added')} added, ${count('gone')} gone, ${count('edited')} edited, ${count('moved-here')} moved${coarse}`
  }
}

/** As unified diffs have it, counted from 1. */
function rangeOf(lines: readonly number[]): string {
  return lines.length === 0 ? '0,0' : `${(lines[0] as number) + 1},${lines.length}`
}

function lineCount(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`
}
