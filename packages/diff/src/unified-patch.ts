import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { diffLines, type Gap, type LineDiff } from './line-diff.ts'

export interface PatchNames {
  /** What the base is called, such as a page's title; undefined: there was none, the patch creates it. */
  readonly oldName: string | undefined
  /** Undefined: the patch deletes it. */
  readonly newName: string | undefined
}

const CONTEXT_LINES = 3

/**
 * The difference as a unified diff that GNU `patch` (with `-p1`, or a file named) and `git apply` take. Empty when there
 * is no difference. Names become one path segment each: spaces are underscores as in a wiki's addresses, and what a path
 * cannot hold is percent-encoded.
 */
export function unifiedPatch(
  base: string,
  text: string,
  names: PatchNames,
  limits: DiffLimits = DEFAULT_DIFF_LIMITS,
): string {
  return patchOf(diffLines(base.split('\n'), text.split('\n'), limits), names)
}

/** The same, of texts whose lines are compared already. */
export function patchOf(lines: LineDiff, { oldName, newName }: PatchNames): string {
  const base = fileOf(lines.baseLines)
  const text = fileOf(lines.textLines)
  const hunks = hunksOf(patchGaps(lines, base, text))
  if (hunks.length === 0) return ''
  const head = `--- ${pathOf('a', oldName)}\n+++ ${pathOf('b', newName)}\n`
  return head + hunks.map((gaps) => hunkText(gaps, base, text)).join('')
}

/** Lines as patches see them: what a line feed ends is a line, and a last one without it is marked. */
interface PatchFile {
  readonly lines: readonly string[]
  readonly length: number
  readonly endsInNewline: boolean
}

function fileOf(lines: readonly string[]): PatchFile {
  const endsInNewline = lines.at(-1) === ''
  return { lines, length: endsInNewline ? lines.length - 1 : lines.length, endsInNewline }
}

/** The gaps without the empty line after a final line feed; a last line that has lost or got its line feed is changed. */
function patchGaps({ gaps, baseLines, textLines }: LineDiff, base: PatchFile, text: PatchFile): Gap[] {
  const last = gaps.at(-1)
  if (last === undefined || last.baseEnd < baseLines.length) return [...gaps]
  const baseLastKept = last.baseStart === baseLines.length
  const textLastKept = last.textStart === textLines.length
  const extra = baseLastKept || textLastKept ? 1 : 0
  const ending: Gap = {
    baseStart: last.baseStart - extra,
    baseEnd: base.length,
    textStart: last.textStart - extra,
    textEnd: text.length,
  }
  return joinLast([...gaps.slice(0, -1), ending]).filter(isNotEmpty)
}

function joinLast(gaps: Gap[]): Gap[] {
  const last = gaps.at(-1)
  const before = gaps.at(-2)
  if (last === undefined || before === undefined || before.baseEnd < last.baseStart) return gaps
  return [...gaps.slice(0, -2), { ...last, baseStart: before.baseStart, textStart: before.textStart }]
}

function isNotEmpty(gap: Gap): boolean {
  return gap.baseEnd > gap.baseStart || gap.textEnd > gap.textStart
}

/** Gaps whose context would touch share a hunk. */
function hunksOf(gaps: readonly Gap[]): Gap[][] {
  const hunks: Gap[][] = []
  let before: Gap | undefined
  for (const gap of gaps) {
    if (before !== undefined && gap.baseStart - before.baseEnd <= 2 * CONTEXT_LINES) hunks.at(-1)?.push(gap)
    else hunks.push([gap])
    before = gap
  }
  return hunks
}

function hunkText(gaps: readonly Gap[], base: PatchFile, text: PatchFile): string {
  const first = gaps[0] as Gap
  const last = gaps.at(-1) as Gap
  const before = Math.min(CONTEXT_LINES, first.baseStart)
  const after = Math.min(CONTEXT_LINES, base.length - last.baseEnd)
  const baseRange = rangeOf(first.baseStart - before, last.baseEnd + after)
  const textRange = rangeOf(first.textStart - before, last.textEnd + after)
  let hunk = `@@ -${baseRange} +${textRange} @@\n`
  let at = first.baseStart - before
  for (const gap of gaps) {
    hunk += linesOf(' ', base, at, gap.baseStart)
    hunk += linesOf('-', base, gap.baseStart, gap.baseEnd)
    hunk += linesOf('+', text, gap.textStart, gap.textEnd)
    at = gap.baseEnd
  }
  return hunk + linesOf(' ', base, at, last.baseEnd + after)
}

/** A range without lines names the line before it. */
function rangeOf(start: number, end: number): string {
  const length = end - start
  return length === 1 ? `${start + 1}` : `${length === 0 ? start : start + 1},${length}`
}

function linesOf(sign: string, file: PatchFile, start: number, end: number): string {
  if (start === end) return ''
  const text = `${sign}${file.lines.slice(start, end).join(`\n${sign}`)}\n`
  const isCutOff = end === file.length && !file.endsInNewline
  return isCutOff ? `${text}\\ No newline at end of file\n` : text
}

/** Control characters, and what ends, quotes or divides a path somewhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
const UNSAFE_IN_PATH = /[\u0000-\u001f"%/\\\u007f]|^\.+/g

function pathOf(side: string, name: string | undefined): string {
  if (name === undefined) return '/dev/null'
  const segment = name.replaceAll(' ', '_').replace(UNSAFE_IN_PATH, percentEncoded)
  return `${side}/${segment}`
}

function percentEncoded(characters: string): string {
  return Array.from(characters, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
