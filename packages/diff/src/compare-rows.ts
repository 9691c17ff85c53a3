import { ComparedLines, type LineComparison } from './compared-lines.ts'
import type { Gap, LineDiff } from './line-diff.ts'
import type { WordChange } from './word-diff.ts'

/** One line of a comparison as it is shown. Line indices count from 0. */
export type CompareRow = KeptRow | ChangedRow | GoneRow | NewRow | MovedAwayRow | MovedHereRow

export interface KeptRow {
  readonly type: 'kept'
  readonly base: number
  readonly text: number
}

export interface ChangedRow {
  readonly type: 'changed'
  readonly base: number
  readonly text: number
  readonly changes: readonly WordChange[]
}

export interface GoneRow {
  readonly type: 'gone'
  readonly base: number
  readonly place: Place
}

export interface NewRow {
  readonly type: 'new'
  readonly text: number
  readonly place: Place
}

export interface MovedAwayRow {
  readonly type: 'moved-away'
  readonly base: number
  readonly place: Place
  readonly to: Place
}

export interface MovedHereRow {
  readonly type: 'moved-here'
  readonly base: number
  readonly text: number
  readonly place: Place
  readonly from: Place
  readonly changes: readonly WordChange[]
}

/** Which run of kept or of differing lines a line belongs to (the two take turns), and which of its lines it is. */
export interface Place {
  readonly run: number
  readonly line: number
}

/** MediaWiki's defaults; the settings are described on https://www.mediawiki.org/wiki/Wikidiff2. */
const CONTEXT_LINES = 2
const CHANGE_SIMILARITY_MIN = 0.2
const MOVE_SIMILARITY_MIN = 0.4
/** With more lines gone and new than this, moves are not looked for. */
const MOVE_LINES_MAX = 100

/** The rows of a comparison: in every gap the first line gone beside the first line new and so on; then the moves. */
export function compareRows(lines: LineDiff): CompareRow[] {
  const compared = new ComparedLines(lines)
  const rows: CompareRow[] = []
  let contextEnd = 0
  lines.gaps.forEach((gap, index) => {
    const contextStart = Math.max(contextEnd, gap.baseStart - CONTEXT_LINES)
    pushKept(rows, contextStart, gap.baseStart, gap.textStart - gap.baseStart)
    pushGap(rows, gap, runOf(lines, index), compared)
    const nextGap = lines.gaps[index + 1]?.baseStart ?? lines.baseLines.length
    contextEnd = Math.min(nextGap, gap.baseEnd + CONTEXT_LINES)
    pushKept(rows, gap.baseEnd, contextEnd, gap.textEnd - gap.baseEnd)
  })
  return withMoves(rows, compared)
}

function runOf({ gaps }: LineDiff, gap: number): number {
  return 2 * gap + (gaps[0]?.baseStart === 0 ? 0 : 1)
}

function pushKept(rows: CompareRow[], start: number, end: number, shift: number): void {
  for (let base = start; base < end; base++) rows.push({ type: 'kept', base, text: base + shift })
}

function pushGap(rows: CompareRow[], gap: Gap, run: number, compared: ComparedLines): void {
  const goneLines = gap.baseEnd - gap.baseStart
  const newLines = gap.textEnd - gap.textStart
  for (let line = 0; line < Math.max(goneLines, newLines); line++) {
    const base = gap.baseStart + line
    const text = gap.textStart + line
    const isPair = line < goneLines && line < newLines
    const pair = isPair ? compared.compare(base, text, CHANGE_SIMILARITY_MIN) : undefined
    if (pair !== undefined) {
      rows.push({ type: 'changed', base, text, changes: pair.changes })
      continue
    }
    const place = { run, line }
    if (line < newLines) rows.push({ type: 'new', text, place })
    if (line < goneLines) rows.push({ type: 'gone', base, place })
  }
}

/** Every line that is gone is taken for the most similar new one, if that is similar enough. */
function withMoves(rows: readonly CompareRow[], compared: ComparedLines): CompareRow[] {
  const moved = [...rows]
  const looseRows = rows.filter((row) => row.type === 'gone' || row.type === 'new').length
  if (looseRows > MOVE_LINES_MAX) return moved
  rows.forEach((row, at) => {
    if (row.type !== 'gone') return
    const destination = mostSimilar(row, moved, compared)
    if (destination === undefined) return
    const { row: there, at: otherAt, changes } = destination
    moved[at] = { ...row, type: 'moved-away', to: there.place }
    moved[otherAt] = { ...there, type: 'moved-here', base: row.base, from: row.place, changes }
  })
  return moved
}

function mostSimilar(gone: GoneRow, rows: readonly CompareRow[], compared: ComparedLines) {
  let best: (LineComparison & { row: NewRow; at: number }) | undefined
  rows.forEach((row, at) => {
    if (row.type !== 'new') return
    const pair = compared.compare(gone.base, row.text, best?.similarity ?? MOVE_SIMILARITY_MIN)
    if (pair !== undefined) best = { ...pair, row, at }
  })
  return best
}
