import { type CompareRow, compareRows, type Place } from './compare-rows.ts'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { headingsOf } from './headings.ts'
import { diffLines, type LineDiff } from './line-diff.ts'
import type {
  ComparedRevision,
  CompareItem,
  HighlightRange,
  MoveInfo,
  RevisionCompare,
} from './revision-compare.ts'
import { utf8Length } from './utf8-length.ts'
import type { WordChange } from './word-diff.ts'

export interface RevisionIds {
  /** Null: not known. */
  readonly from: number | null
  readonly to: number | null
}

/** More differing lines than this are not shown one by one: it is nothing that a person reads, and 100 bytes a line. */
const DIFFERING_LINES_MAX = 10_000

/**
 * The difference in the shape of MediaWiki's `compare` endpoint; undefined when more than 10,000 lines differ. The work
 * limit makes it coarser as it does `diffTexts`: whole lines are then new and gone where words have changed.
 */
export function compareTexts(
  base: string,
  text: string,
  ids: RevisionIds,
  limits: DiffLimits = DEFAULT_DIFF_LIMITS,
): RevisionCompare | undefined {
  const lines = diffLines(shownLines(base), shownLines(text), limits)
  if (differingLines(lines) > DIFFERING_LINES_MAX) return undefined
  const items = new ItemWriter(lines.baseLines, lines.textLines)
  return {
    from: comparedRevision(ids.from, lines.baseLines),
    to: comparedRevision(ids.to, lines.textLines),
    diff: compareRows(lines).map((row) => items.write(row)),
  }
}

/** A final line feed starts no line, and the empty text has none. */
function shownLines(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function differingLines({ gaps }: LineDiff): number {
  return gaps.reduce((sum, gap) => sum + gap.baseEnd - gap.baseStart + gap.textEnd - gap.textStart, 0)
}

function comparedRevision(id: number | null, lines: readonly string[]): ComparedRevision {
  const offsets = new ByteOffsets(lines)
  const sections = headingsOf(lines).map(({ line, level }) => {
    return { level, heading: lines[line] as string, offset: offsets.of(line) }
  })
  return { id, slot_role: 'main', sections }
}

/** Where lines start in the UTF-8 form of a text. Asked in increasing order it reads every line once. */
class ByteOffsets {
  readonly #lines: readonly string[]
  #line = 0
  #offset = 0

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  of(line: number): number {
    while (this.#line < line) this.#offset += utf8Length(this.#lines[this.#line++] as string) + 1
    return this.#offset
  }
}

class ItemWriter {
  readonly #baseLines: readonly string[]
  readonly #textLines: readonly string[]
  readonly #baseOffsets: ByteOffsets
  readonly #textOffsets: ByteOffsets

  constructor(baseLines: readonly string[], textLines: readonly string[]) {
    this.#baseLines = baseLines
    this.#textLines = textLines
    this.#baseOffsets = new ByteOffsets(baseLines)
    this.#textOffsets = new ByteOffsets(textLines)
  }

  /** To be called with the rows in order. */
  write(row: CompareRow): CompareItem {
    switch (row.type) {
      case 'kept':
        return { type: 0, ...this.#textLine(row.text), offset: this.#bothOffsets(row) }
      case 'new':
        return { type: 1, ...this.#textLine(row.text), offset: this.#textOffset(row.text) }
      case 'gone':
        return { type: 2, text: this.#baseLine(row.base), offset: this.#baseOffset(row.base) }
      case 'changed':
        return {
          type: 3,
          lineNumber: row.text + 1,
          ...this.#bothVersions(row),
          offset: this.#bothOffsets(row),
        }
      case 'moved-away':
        return {
          type: 4,
          moveInfo: moveInfo(moveId(row.place, 'lhs'), moveId(row.to, 'rhs'), isBefore(row.place, row.to)),
          text: this.#baseLine(row.base),
          offset: this.#baseOffset(row.base),
        }
      case 'moved-here':
        return {
          type: 5,
          lineNumber: row.text + 1,
          moveInfo: moveInfo(
            moveId(row.place, 'rhs'),
            moveId(row.from, 'lhs'),
            isBefore(row.place, row.from),
          ),
          ...this.#bothVersions(row),
          offset: this.#textOffset(row.text),
        }
    }
  }

  #baseLine(line: number): string {
    return this.#baseLines[line] as string
  }

  #textLine(line: number) {
    return { lineNumber: line + 1, text: this.#textLines[line] as string }
  }

  #baseOffset(line: number) {
    return { from: this.#baseOffsets.of(line), to: null }
  }

  #textOffset(line: number) {
    return { from: null, to: this.#textOffsets.of(line) }
  }

  #bothOffsets({ base, text }: { base: number; text: number }) {
    return { from: this.#baseOffsets.of(base), to: this.#textOffsets.of(text) }
  }

  #bothVersions({ base, text, changes }: { base: number; text: number; changes: readonly WordChange[] }) {
    return bothVersions(this.#baseLine(base), this.#textLines[text] as string, changes)
  }
}

/** Both versions of a line in one: at every change first what is gone, then what is new. */
function bothVersions(base: string, text: string, changes: readonly WordChange[]) {
  const highlightRanges: HighlightRange[] = []
  let shown = ''
  let bytes = 0
  const append = (part: string, type: 0 | 1 | undefined) => {
    const length = utf8Length(part)
    if (type !== undefined && length > 0) highlightRanges.push({ start: bytes, length, type })
    shown += part
    bytes += length
  }
  let at = 0
  for (const { baseStart, baseEnd, textStart, textEnd } of changes) {
    append(base.slice(at, baseStart), undefined)
    append(base.slice(baseStart, baseEnd), 1)
    append(text.slice(textStart, textEnd), 0)
    at = baseEnd
  }
  append(base.slice(at), undefined)
  return { text: shown, highlightRanges }
}

function moveInfo(id: string, linkId: string, isLinkBelow: boolean): MoveInfo {
  return { id, linkId, linkDirection: isLinkBelow ? 0 : 1 }
}

function moveId({ run, line }: Place, side: 'lhs' | 'rhs'): string {
  return `movedpara_${run}_${line}_${side}`
}

function isBefore(one: Place, other: Place): boolean {
  return one.run < other.run || (one.run === other.run && one.line < other.line)
}
