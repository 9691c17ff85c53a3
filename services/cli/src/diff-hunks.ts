import type { DiffRow } from './diff-rows.ts'

/** Lines that stayed are shown so far around those that did not. */
const CONTEXT_LINES = 3

/** The rows to be shown: those that differ, with some around them. Where these would touch they are in one hunk. */
export function hunksOf(rows: readonly DiffRow[]): readonly (readonly DiffRow[])[] {
  const hunks: DiffRow[][] = []
  let end = 0
  rows.forEach(({ type }, at) => {
    if (type === 'kept') return
    const start = Math.max(end, at - CONTEXT_LINES)
    const next = Math.min(rows.length, at + 1 + CONTEXT_LINES)
    const last = hunks.at(-1)
    if (last !== undefined && start === end) last.push(...rows.slice(end, next))
    else hunks.push(rows.slice(start, next))
    end = next
  })
  return hunks
}

/** How many rows the moved block has that begins at this row; undefined: none begins here. */
export function blockLength(rows: readonly DiffRow[], start: number): number | undefined {
  const first = rows[start]
  if (first?.type !== 'moved-away' && first?.type !== 'moved-here') return undefined
  if (isSameBlock(rows[start - 1], first)) return undefined
  let end = start + 1
  while (isSameBlock(rows[end - 1], rows[end])) end++
  return end - start
}

function isSameBlock(before: DiffRow | undefined, row: DiffRow | undefined): boolean {
  if (row?.type !== 'moved-away' && row?.type !== 'moved-here') return false
  if (before?.type !== row.type) return false
  return before.base + 1 === row.base && before.text + 1 === row.text
}
