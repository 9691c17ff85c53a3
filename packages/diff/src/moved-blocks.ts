import type { StepBudget } from './diff-limits.ts'
import type { Gap, LineDiff } from './line-diff.ts'
import type { LineOrigins } from './line-origins.ts'

/** Blocks with less text than this, in UTF-16 units, say nothing by having moved. */
const BLOCK_LENGTH_MIN = 30

/** A line that went from more places than this is no sign of a block, only part of one. */
const PLACES_MAX = 8

/** Finds blocks of lines that went from one place and came, the same, at another, the longest block for every place. */
export function findMovedBlocks(lines: LineDiff, origins: LineOrigins): void {
  const places = goneLines(lines)
  if (places.size === 0) return
  const blocks = new BlockFinder(lines, origins, places)
  for (const gap of lines.gaps) if (!blocks.findIn(gap)) return
}

/** Lets blocks that have moved take along the lines around them that are the same, or edits of each other. */
export function growMovedBlocks(
  { baseLines, textLines }: LineDiff,
  origins: LineOrigins,
  isEdit: (baseLine: number, textLine: number) => boolean,
): void {
  const growFrom = (text: number, step: 1 | -1) => {
    if (origins.isMoved[text] === 0) return
    const nextText = text + step
    const nextBase = (origins.originOf[text] as number) + step
    if (!origins.areFree(nextBase, nextText)) return
    if (baseLines[nextBase] === textLines[nextText] || isEdit(nextBase, nextText))
      origins.move(nextBase, nextText)
  }
  for (let text = 0; text < textLines.length; text++) growFrom(text, 1)
  for (let text = textLines.length - 1; text >= 0; text--) growFrom(text, -1)
}

interface Block {
  readonly base: number
  readonly text: number
  readonly lines: number
  readonly length: number
}

class BlockFinder {
  readonly #baseLines: readonly string[]
  readonly #textLines: readonly string[]
  readonly #budget: StepBudget
  readonly #origins: LineOrigins
  readonly #places: ReadonlyMap<string, readonly number[]>

  constructor(lines: LineDiff, origins: LineOrigins, places: ReadonlyMap<string, readonly number[]>) {
    this.#baseLines = lines.baseLines
    this.#textLines = lines.textLines
    this.#budget = lines.budget
    this.#origins = origins
    this.#places = places
  }

  /** False when the budget has run out. */
  findIn(gap: Gap): boolean {
    for (let text = gap.textStart; text < gap.textEnd; ) {
      const block = this.#longestBlockAt(text)
      if (block === undefined) {
        text++
        continue
      }
      if (!this.#budget.take(block.lines)) return false
      if (block.length >= BLOCK_LENGTH_MIN) this.#move(block)
      text = Math.max(text + 1, block.text + block.lines)
    }
    return true
  }

  #longestBlockAt(text: number): Block | undefined {
    const places = this.#places.get(this.#textLines[text] as string)
    if (places === undefined || places.length > PLACES_MAX) return undefined
    let longest: Block | undefined
    for (const base of places) {
      if (!this.#origins.areFree(base, text)) continue
      const block = this.#blockAround(base, text)
      if (longest === undefined || block.length > longest.length) longest = block
    }
    return longest
  }

  #blockAround(base: number, text: number): Block {
    let before = 0
    while (this.#isSame(base - before - 1, text - before - 1)) before++
    let lines = before + 1
    while (this.#isSame(base - before + lines, text - before + lines)) lines++
    let length = 0
    for (let line = 0; line < lines; line++)
      length += (this.#textLines[text - before + line] as string).length
    return { base: base - before, text: text - before, lines, length }
  }

  #isSame(base: number, text: number): boolean {
    return this.#origins.areFree(base, text) && this.#baseLines[base] === this.#textLines[text]
  }

  #move(block: Block): void {
    for (let line = 0; line < block.lines; line++) this.#origins.move(block.base + line, block.text + line)
  }
}

/** By what they say, where the lines lay that are gone; nothing when no lines are new. One place too many is enough to know. */
function goneLines({ baseLines, gaps }: LineDiff): Map<string, number[]> {
  const places = new Map<string, number[]>()
  if (gaps.every((gap) => gap.textStart === gap.textEnd)) return places
  for (const gap of gaps) {
    for (let base = gap.baseStart; base < gap.baseEnd; base++) {
      const line = baseLines[base] as string
      const known = places.get(line)
      if (known === undefined) places.set(line, [base])
      else if (known.length <= PLACES_MAX) known.push(base)
    }
  }
  return places
}
