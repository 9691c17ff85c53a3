import { codePointCount } from './code-points.ts'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { NONE } from './line-origins.ts'
import { outlineOf, type Section } from './outline.ts'
import type { SectionChange, SectionChangeKind } from './section-change.ts'
import { SectionPairs } from './section-pairs.ts'
import { alignTexts, type TextAlignment } from './text-alignment.ts'

/** What happened to the sections of a wikitext: in the order of the new text, then those that were removed. */
export function diffSections(
  base: string,
  text: string,
  limits: DiffLimits = DEFAULT_DIFF_LIMITS,
): SectionChange[] {
  return sectionsOf(alignTexts(base, text, limits))
}

/** The same, of texts that are aligned already. */
export function sectionsOf(alignment: TextAlignment): SectionChange[] {
  if (alignment.lines.gaps.length === 0) return []
  return new SectionDiff(alignment).changes()
}

class SectionDiff {
  readonly #alignment: TextAlignment
  readonly #base: readonly Section[]
  readonly #text: readonly Section[]
  readonly #pairs: SectionPairs

  constructor(alignment: TextAlignment) {
    this.#alignment = alignment
    this.#base = outlineOf(alignment.lines.baseLines)
    this.#text = outlineOf(alignment.lines.textLines)
    this.#pairs = new SectionPairs(this.#base, this.#text, alignment)
  }

  changes(): SectionChange[] {
    const changes: SectionChange[] = []
    this.#text.forEach((section, index) => {
      const base = this.#pairs.byText[index]
      const change = base === undefined ? this.#added(section) : this.#kept(base, index)
      if (change !== undefined) changes.push(change)
    })
    this.#base.forEach((section, index) => {
      if (this.#pairs.byBase[index] === undefined) changes.push(this.#removed(section))
    })
    return changes
  }

  #added({ path, level, ...section }: Section): SectionChange {
    const counts = new SectionCounts()
    for (let line = section.bodyStart; line < section.end; line++)
      counts.add(this.#alignment.lines.textLines[line])
    return { changes: ['added'], path, level, ...counts.result() }
  }

  #removed({ path, level, ...section }: Section): SectionChange {
    const counts = new SectionCounts()
    for (let line = section.bodyStart; line < section.end; line++)
      counts.remove(this.#alignment.lines.baseLines[line])
    return { changes: ['removed'], path, level, ...counts.result() }
  }

  /** Undefined when nothing happened to it. */
  #kept(baseIndex: number, textIndex: number): SectionChange | undefined {
    const base = this.#base[baseIndex] as Section
    const text = this.#text[textIndex] as Section
    const counts = this.#countLines(base, text)
    const changes: SectionChangeKind[] = []
    if (this.#isRenamed(base, text)) changes.push('renamed')
    if (this.#isMoved(base, text)) changes.push('moved')
    if (!counts.isZero) changes.push('edited')
    if (changes.length === 0) return undefined
    const { path, level } = text
    const isSamePath = JSON.stringify(path) === JSON.stringify(base.path)
    return { changes, path, ...(isSamePath ? {} : { fromPath: base.path }), level, ...counts.result() }
  }

  #isRenamed(base: Section, text: Section): boolean {
    return (
      base.path.at(-1) !== text.path.at(-1) ||
      (base.level !== text.level && !this.#hasOtherParent(base, text))
    )
  }

  #hasOtherParent(base: Section, text: Section): boolean {
    const parent = text.parent === undefined ? undefined : this.#pairs.byText[text.parent]
    return parent !== base.parent || (parent === undefined && text.parent !== undefined)
  }

  #isMoved(base: Section, text: Section): boolean {
    if (text.level === 0) return false
    if (this.#hasOtherParent(base, text)) return true
    const parent = text.parent === undefined ? undefined : (this.#text[text.parent] as Section)
    // What is in a section that moved went along.
    return this.#hasMovedLines(text) && (parent === undefined || !this.#hasMovedLines(parent))
  }

  /** Its heading has moved; or, where that is new, the first line that is not. */
  #hasMovedLines(section: Section): boolean {
    const { originOf, isMoved } = this.#alignment.origins
    for (let line = section.start; line < section.end; line++)
      if (originOf[line] !== NONE) return isMoved[line] === 1
    return false
  }

  #countLines(base: Section, text: Section): SectionCounts {
    const { lines, origins, changes } = this.#alignment
    const counts = new SectionCounts()
    for (let line = text.bodyStart; line < text.end; line++) {
      const origin = origins.originOf[line] as number
      if (!isInBody(origin, base)) counts.add(lines.textLines[line])
      else if (changes.has(line)) this.#countChange(line, counts)
    }
    for (let line = base.bodyStart; line < base.end; line++)
      if (!isInBody(origins.targetOf[line] as number, text)) counts.remove(lines.baseLines[line])
    return counts
  }

  #countChange(line: number, counts: SectionCounts): void {
    const { lines, origins, changes } = this.#alignment
    const base = lines.baseLines[origins.originOf[line] as number] as string
    const text = lines.textLines[line] as string
    let added = 0
    let removed = 0
    for (const { baseStart, baseEnd, textStart, textEnd } of changes.get(line) ?? []) {
      removed += codePointCount(base, baseStart, baseEnd)
      added += codePointCount(text, textStart, textEnd)
    }
    counts.change(added, removed)
  }
}

function isInBody(line: number, { bodyStart, end }: Section): boolean {
  return line >= bodyStart && line < end
}

class SectionCounts {
  #lines = { added: 0, removed: 0, changed: 0 }
  #characters = { added: 0, removed: 0 }

  add(line: string | undefined): void {
    if (line === undefined || line.trim() === '') return
    this.#lines.added++
    this.#characters.added += codePointCount(line, 0, line.length)
  }

  remove(line: string | undefined): void {
    if (line === undefined || line.trim() === '') return
    this.#lines.removed++
    this.#characters.removed += codePointCount(line, 0, line.length)
  }

  change(added: number, removed: number): void {
    this.#lines.changed++
    this.#characters.added += added
    this.#characters.removed += removed
  }

  get isZero(): boolean {
    return this.#lines.added + this.#lines.removed + this.#lines.changed === 0
  }

  result() {
    return { lines: this.#lines, characters: this.#characters }
  }
}
