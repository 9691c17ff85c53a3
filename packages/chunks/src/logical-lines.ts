import type { Span, WikitextNode } from './wikitext-node.ts'

/** Lines of wikitext, without their line feeds. A line feed within a template, a comment or another node ends no line. */
export function logicalLines(text: string, span: Span, nodes: readonly WikitextNode[]): readonly Span[] {
  const lines: Span[] = []
  let start = span.start
  let next = 0
  let at = text.indexOf('\n', start)
  while (at >= 0 && at < span.end) {
    while (next < nodes.length && (nodes[next] as WikitextNode).end <= at) next++
    const node = nodes[next]
    if (node !== undefined && node.start <= at) {
      at = text.indexOf('\n', node.end)
      continue
    }
    lines.push({ start, end: at })
    start = at + 1
    at = text.indexOf('\n', start)
  }
  lines.push({ start, end: span.end })
  return lines
}
