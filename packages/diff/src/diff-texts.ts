import { sha256 } from '#sha256'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { alignTexts, NEW_LINE, type TextAlignment } from './text-alignment.ts'
import type { LineOp, PastedChange, TextDiff, WordOp } from './text-diff.ts'
import { wordOps } from './word-diff.ts'

/** The exact difference of two texts; `applyDiff` takes one to the other. */
export function diffTexts(base: string, text: string, limits: DiffLimits = DEFAULT_DIFF_LIMITS): TextDiff {
  const alignment = alignTexts(base, text, limits)
  const head = {
    unit: 'line',
    coarse: alignment.lines.budget.isExceeded,
    from: { sha256: sha256(base) },
    to: { sha256: sha256(text) },
  } as const
  const ops = new OpsWriter(alignment).write()
  const isShorter = ops.length === 0 || JSON.stringify(ops).length < text.length
  return isShorter ? { ...head, ops } : { ...head, replace: text }
}

class OpsWriter {
  readonly #alignment: TextAlignment
  /** Per line of the base the line of the new text that it became, or `NEW_LINE` where it is gone. */
  readonly #targets: Int32Array
  readonly #ops: LineOp[] = []
  #baseAt = 0
  #textAt = 0

  constructor(alignment: TextAlignment) {
    this.#alignment = alignment
    this.#targets = new Int32Array(alignment.lines.baseLines.length).fill(NEW_LINE)
    alignment.origins.forEach((origin, line) => {
      if (origin !== NEW_LINE) this.#targets[origin] = line
    })
  }

  write(): LineOp[] {
    const { textLines, baseLines } = this.#alignment.lines
    while (this.#baseAt < baseLines.length || this.#textAt < textLines.length) {
      if (this.#leavesHere()) this.#ops.push(this.#cutOrDelete())
      else this.#ops.push(this.#paste() ?? this.#insert() ?? this.#change() ?? this.#keep())
    }
    const last = this.#ops.at(-1)
    if (last !== undefined && 'keep' in last) this.#ops.pop()
    return this.#ops
  }

  #leavesHere(): boolean {
    return this.#baseAt < this.#targets.length && !this.#staysAt(this.#targets[this.#baseAt] as number)
  }

  #staysAt(target: number): boolean {
    return target !== NEW_LINE && this.#alignment.isMoved[target] === 0
  }

  #cutOrDelete(): LineOp {
    const start = this.#baseAt
    const target = this.#targets[start] as number
    if (target === NEW_LINE) {
      while (this.#leavesHere() && this.#targets[this.#baseAt] === NEW_LINE) this.#baseAt++
      return { delete: this.#baseAt - start }
    }
    do this.#baseAt++
    while (this.#leavesHere() && this.#targets[this.#baseAt] === target + this.#baseAt - start)
    return { cut: this.#baseAt - start }
  }

  #paste(): LineOp | undefined {
    const { origins, isMoved } = this.#alignment
    const start = this.#textAt
    const from = origins[start] as number
    while (isMoved[this.#textAt] === 1 && origins[this.#textAt] === from + this.#textAt - start)
      this.#textAt++
    const lines = this.#textAt - start
    if (lines === 0) return undefined
    const changes: PastedChange[] = []
    for (let line = 0; line < lines; line++) {
      const change = this.#changeOf(start + line)
      if (change !== undefined) changes.push({ line, change })
    }
    return { paste: changes.length === 0 ? { from, lines } : { from, lines, changes } }
  }

  #insert(): LineOp | undefined {
    const { origins, lines } = this.#alignment
    const start = this.#textAt
    while (origins[this.#textAt] === NEW_LINE) this.#textAt++
    return this.#textAt === start ? undefined : { insert: lines.textLines.slice(start, this.#textAt) }
  }

  #change(): LineOp | undefined {
    const change = this.#changeOf(this.#textAt)
    if (change === undefined) return undefined
    this.#baseAt++
    this.#textAt++
    return { change }
  }

  #keep(): LineOp {
    const start = this.#textAt
    const { origins, changes } = this.#alignment
    while (
      this.#textAt < origins.length &&
      origins[this.#textAt] === this.#baseAt &&
      !changes.has(this.#textAt)
    ) {
      if (this.#alignment.isMoved[this.#textAt] === 1) break
      this.#baseAt++
      this.#textAt++
    }
    return { keep: this.#textAt - start }
  }

  #changeOf(textLine: number): WordOp[] | undefined {
    const { changes, origins, lines } = this.#alignment
    const found = changes.get(textLine)
    if (found === undefined) return undefined
    return wordOps(
      lines.baseLines[origins[textLine] as number] as string,
      lines.textLines[textLine] as string,
      found,
    )
  }
}
