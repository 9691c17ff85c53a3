import type { TextAlignment } from '@freshet/diff'

/** One line of one side, or of both, in the order in which it is shown. Lines count from 0. */
export type DiffRow =
  | { readonly type: 'kept' | 'edited'; readonly base: number; readonly text: number }
  | { readonly type: 'gone'; readonly base: number }
  | { readonly type: 'added'; readonly text: number }
  /** It went from here, and is shown again where it came to. */
  | { readonly type: 'moved-away' | 'moved-here'; readonly base: number; readonly text: number }

/** Every line of both texts. At each place first what went from there, then what came. */
export function diffRows({ lines, origins, changes }: TextAlignment): readonly DiffRow[] {
  const { originOf, targetOf, isMoved } = origins
  const rows: DiffRow[] = []
  let base = 0
  let text = 0
  while (base < lines.baseLines.length || text < lines.textLines.length) {
    const target = targetOf[base] ?? AT_END
    const origin = originOf[text] ?? AT_END
    if (target === NONE) rows.push({ type: 'gone', base: base++ })
    else if (target !== AT_END && isMoved[target] === 1)
      rows.push({ type: 'moved-away', base: base++, text: target })
    else if (origin === NONE) rows.push({ type: 'added', text: text++ })
    else if (isMoved[text] === 1) rows.push({ type: 'moved-here', base: origin, text: text++ })
    else rows.push({ type: changes.has(text) ? 'edited' : 'kept', base: base++, text: text++ })
  }
  return rows
}

type BaseRow = Extract<DiffRow, { type: 'kept' | 'edited' | 'gone' | 'moved-away' }>
type TextRow = Extract<DiffRow, { type: 'kept' | 'edited' | 'added' | 'moved-here' }>

/** Whether the row stands for a line of the old text at this place. */
export function takesBase(row: DiffRow): row is BaseRow {
  return row.type !== 'added' && row.type !== 'moved-here'
}

export function takesText(row: DiffRow): row is TextRow {
  return row.type !== 'gone' && row.type !== 'moved-away'
}

/** As an alignment has it. */
const NONE = -1
const AT_END = -2
