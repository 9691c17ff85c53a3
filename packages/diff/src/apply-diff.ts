import { sha256 } from '#sha256'
import { codePointOffset } from './code-points.ts'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from './diff-limits.ts'
import { diffTexts } from './diff-texts.ts'
import { DamagedDiffError, WrongBaseError } from './errors.ts'
import type { LineOp, PastedLines, TextDiff, WordOp } from './text-diff.ts'

/**
 * The new text, byte for byte. Throws `WrongBaseError` when the base is not the text that the diff was made from, and
 * `DamagedDiffError` when the diff is not what it was when it was made.
 */
export function applyDiff(base: string, diff: TextDiff): string {
  const baseSha256 = sha256(base)
  if (baseSha256 !== diff.from.sha256) throw new WrongBaseError(diff.from.sha256, baseSha256)
  const text = 'replace' in diff ? diff.replace : applyOps(base, diff.ops)
  if (sha256(text) !== diff.to.sha256) throw new DamagedDiffError('the ops lead to another text')
  return text
}

/** The diff that leads back: applied to the new text it gives the base. */
export function invertDiff(base: string, diff: TextDiff, limits: DiffLimits = DEFAULT_DIFF_LIMITS): TextDiff {
  return diffTexts(applyDiff(base, diff), base, limits)
}

function applyOps(base: string, ops: readonly LineOp[]): string {
  const baseLines = base.split('\n')
  const lines: string[] = []
  let at = 0
  for (const op of ops) {
    if ('keep' in op) for (const line of linesAt(baseLines, at, op.keep)) lines.push(line)
    else if ('insert' in op) for (const line of op.insert) lines.push(line)
    else if ('change' in op) lines.push(changeLine(linesAt(baseLines, at, 1)[0] as string, op.change))
    else if ('paste' in op) for (const line of pastedLines(baseLines, op.paste)) lines.push(line)
    at += consumedLines(op)
  }
  if (at > baseLines.length) throw new DamagedDiffError('an op lies beyond the end of the base')
  for (const line of baseLines.slice(at)) lines.push(line)
  return lines.join('\n')
}

function consumedLines(op: LineOp): number {
  if ('keep' in op) return op.keep
  if ('delete' in op) return op.delete
  if ('cut' in op) return op.cut
  return 'change' in op ? 1 : 0
}

function pastedLines(baseLines: readonly string[], paste: PastedLines): string[] {
  const lines = linesAt(baseLines, paste.from, paste.lines)
  for (const { line, change } of paste.changes ?? []) {
    const pasted = lines[line]
    if (pasted === undefined) throw new DamagedDiffError('a change lies beyond the pasted lines')
    lines[line] = changeLine(pasted, change)
  }
  return lines
}

function linesAt(baseLines: readonly string[], start: number, count: number): string[] {
  const lines = baseLines.slice(start, start + count)
  if (lines.length !== count) throw new DamagedDiffError('an op lies beyond the end of the base')
  return lines
}

function changeLine(line: string, ops: readonly WordOp[]): string {
  let changed = ''
  let at = 0
  for (const op of ops) {
    if (typeof op === 'string') {
      changed += op
      continue
    }
    const end = codePointOffset(line, at, Math.abs(op))
    if (end === undefined) throw new DamagedDiffError('a change lies beyond the end of its line')
    if (op > 0) changed += line.slice(at, end)
    at = end
  }
  return changed + line.slice(at)
}
