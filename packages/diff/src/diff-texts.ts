import { sha256 } from '#sha256'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { NONE } from './line-origins.ts'
import { alignTexts, type TextAlignment } from './text-alignment.ts'
import type { LineOp, PastedChange, TextDiff, WordOp } from './text-diff.ts'
import { wordOps } from './word-diff.ts'

/** The exact difference of two texts; `applyDiff` takes one to the other. */
export function diffTexts(base: string, text: string, limits: DiffLimits = DEFAULT_DIFF_LIMITS): TextDiff {
  return diffOf(alignTexts(base, text, limits))
}

/** The same, of texts that are aligned already. */
export function diffOf(alignment: TextAlignment): TextDiff {
  const { base, text, lines } = alignment
  const head = {
    unit: 'line',
    coarse: lines.budget.isExceeded,
    from: { sha256: sha256(base) },
    to: { sha256: sha256(text) },
  } as const
  const ops = new OpsWriter(alignment).write()
  const isShorter = ops.length === 0 || JSON.stringify(ops).length < text.length
  return isShorter ? { ...head, ops } : { ...head, replace: text }
}

class OpsWriter {
  readonly #alignment: TextAlignment
  readonly #ops: LineOp[] = []
  #base = 0
  #text = 0

  constructor(alignment: TextAlignment) {
    this.#alignment = alignment
  }

  /** At each place first what goes from there, then what comes. */
  write(): LineOp[] {
    const { baseLines, textLines } = this.#alignment.lines
    while (this.#base < baseLines.length || this.#text < textLines.length) {
      const op =
        this.#delete() ?? this.#cut() ?? this.#insert() ?? this.#paste() ?? this.#change() ?? this.#keep()
      this.#ops.push(op)
    }
    const last = this.#ops.at(-1)
    if (last !== undefined && 'keep' in last) this.#ops.pop()
    return this.#ops
  }

  #delete(): LineOp | undefined {
    const { targetOf } = this.#alignment.origins
    const start = this.#base
    while (targetOf[this.#base] === NONE) this.#base++
    return this.#base === start ? undefined : { delete: this.#base - start }
  }

  #cut(): LineOp | undefined {
    const { targetOf, isMoved } = this.#alignment.origins
    const start = this.#base
    const target = targetOf[start] as number
    if (isMoved[target] !== 1) return undefined
    do this.#base++
    while (targetOf[this.#base] === target + this.#base - start && isMoved[target + this.#base - start] === 1)
    return { cut: this.#base - start }
  }

  #insert(): LineOp | undefined {
    const { originOf } = this.#alignment.origins
    const start = this.#text
    while (originOf[this.#text] === NONE) this.#text++
    if (this.#text === start) return undefined
    return { insert: this.#alignment.lines.textLines.slice(start, this.#text) }
  }

  #paste(): LineOp | undefined {
    const { originOf, isMoved } = this.#alignment.origins
    const start = this.#text
    const from = originOf[start] as number
    const changes: PastedChange[] = []
    while (isMoved[this.#text] === 1 && originOf[this.#text] === from + this.#text - start) {
      const change = this.#changeAt(this.#text)
      if (change !== undefined) changes.push({ line: this.#text - start, change })
      this.#text++
    }
    const lines = this.#text - start
    if (lines === 0) return undefined
    return { paste: changes.length === 0 ? { from, lines } : { from, lines, changes } }
  }

  #change(): LineOp | undefined {
    const change = this.#changeAt(this.#text)
    if (change === undefined) return undefined
    this.#base++
    this.#text++
    return { change }
  }

  #keep(): LineOp {
    const { origins, changes } = this.#alignment
    const start = this.#text
    while (origins.originOf[this.#text] === this.#base && origins.isMoved[this.#text] === 0) {
      if (changes.has(this.#text)) break
      this.#base++
      this.#text++
    }
    return { keep: this.#text - start }
  }

  #changeAt(textLine: number): WordOp[] | undefined {
    const { changes, origins, lines } = this.#alignment
    const found = changes.get(textLine)
    if (found === undefined) return undefined
    const origin = origins.originOf[textLine] as number
    return wordOps(lines.baseLines[origin] as string, lines.textLines[textLine] as string, found)
  }
}
