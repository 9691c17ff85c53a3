import type { LineDiff } from './line-diff.ts'

/** A line with no counterpart on the other side. */
export const NONE = -1

/** Which line of the base became which line of the new text: a one-to-one relation, filled in step by step. */
export class LineOrigins {
  /** Per line of the new text the line of the base that it was, or `NONE`. */
  readonly originOf: Int32Array
  /** Per line of the base the line of the new text that it became, or `NONE`. */
  readonly targetOf: Int32Array
  /** Per line of the new text 1 when it has moved; all others with an origin are in the order of the base. */
  readonly isMoved: Uint8Array

  /** Starts with the kept lines. */
  constructor({ baseLines, textLines, gaps }: LineDiff) {
    this.originOf = new Int32Array(textLines.length).fill(NONE)
    this.targetOf = new Int32Array(baseLines.length).fill(NONE)
    this.isMoved = new Uint8Array(textLines.length)
    let base = 0
    let text = 0
    for (const gap of gaps) {
      while (text < gap.textStart) this.#relate(base++, text++)
      base = gap.baseEnd
      text = gap.textEnd
    }
    while (text < textLines.length) this.#relate(base++, text++)
  }

  /** Both lines exist and have no counterpart yet. */
  areFree(base: number, text: number): boolean {
    return this.targetOf[base] === NONE && this.originOf[text] === NONE
  }

  stay(base: number, text: number): void {
    this.#relate(base, text)
  }

  move(base: number, text: number): void {
    this.#relate(base, text)
    this.isMoved[text] = 1
  }

  #relate(base: number, text: number): void {
    this.originOf[text] = base
    this.targetOf[base] = text
  }
}
