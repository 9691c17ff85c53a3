import { logicalLines } from './logical-lines.ts'
import { firstNodeIn } from './template-parameters.ts'
import type { Span, WikitextNode } from './wikitext-node.ts'

/** The cells of a row; a caption is a row of one. */
export type TableRow = readonly Span[]

/**
 * The rows of a table from `{|` to `|}`, their cells without attributes. Rows of a table within a cell follow the row
 * they stand in.
 */
export function tableRows(text: string, nodes: readonly WikitextNode[]): readonly TableRow[] {
  const rows: Span[][] = []
  let row: Span[] = []
  const endRow = () => {
    if (row.length > 0) rows.push(row)
    row = []
  }
  for (const line of logicalLines(text, { start: 0, end: text.length }, nodes)) {
    const start = line.end - text.slice(line.start, line.end).trimStart().length
    const mark = text.slice(start, start + 2)
    if (mark === '|}' || mark === '|-' || isTableStart(text, line)) {
      endRow()
    } else if (mark === '|+') {
      endRow()
      rows.push([withoutAttributes(text, { start: start + 2, end: line.end }, nodes)])
    } else if (mark.startsWith('|') || mark.startsWith('!')) {
      const separators = mark.startsWith('!') ? /\|\||!!/g : /\|\|/g
      row.push(...cellsOf(text, { start: start + 1, end: line.end }, nodes, separators))
    } else if (row.length > 0) {
      // A line without a mark goes on with the cell before it.
      row.push({ start: (row.pop() as Span).start, end: line.end })
    }
  }
  endRow()
  return rows
}

export function isTableStart(text: string, line: Span): boolean {
  return /^[\s:]{0,40}\{\|/.test(text.slice(line.start, Math.min(line.end, line.start + 42)))
}

export function isTableEnd(text: string, line: Span): boolean {
  return /^\s{0,40}\|\}/.test(text.slice(line.start, Math.min(line.end, line.start + 42)))
}

function cellsOf(
  text: string,
  span: Span,
  nodes: readonly WikitextNode[],
  separators: RegExp,
): readonly Span[] {
  const cells: Span[] = []
  let start = span.start
  for (const end of offsetsOutside(text, span, nodes, separators)) {
    if (end < start) continue
    cells.push(withoutAttributes(text, { start, end }, nodes))
    start = end + 2
  }
  cells.push(withoutAttributes(text, { start, end: span.end }, nodes))
  return cells
}

/** `style="…" | text` → `text` */
function withoutAttributes(text: string, span: Span, nodes: readonly WikitextNode[]): Span {
  const [pipe] = offsetsOutside(text, span, nodes, /\|/g)
  return pipe === undefined ? span : { start: pipe + 1, end: span.end }
}

/** Where the pattern matches in the span, outside of nodes. */
function* offsetsOutside(
  text: string,
  span: Span,
  nodes: readonly WikitextNode[],
  pattern: RegExp,
): Generator<number> {
  let at = span.start
  let index = firstNodeIn(nodes, span.start)
  while (at < span.end) {
    const node = nodes[index]
    const end = Math.min(node?.start ?? span.end, span.end)
    for (const match of text.slice(at, end).matchAll(pattern)) yield at + match.index
    at = Math.max(node?.end ?? span.end, end)
    index++
  }
}
