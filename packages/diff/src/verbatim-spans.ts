/** A stretch of a text by UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

const OPENING =
  /<!--|<(nowiki|pre|source|syntaxhighlight|math|chem|score|templatedata|graph|mapframe|timeline)(?=[\s/>])/gi

/**
 * Where wikitext means nothing: comments, and tags whose content is not wikitext. A comment that is never closed goes on
 * to the end of the text; a tag that is never closed is no tag. Linear in the length of the text.
 */
export function verbatimSpans(text: string): Span[] {
  const spans: Span[] = []
  const neverClosed = new Set<string>()
  OPENING.lastIndex = 0
  for (let found = OPENING.exec(text); found !== null; found = OPENING.exec(text)) {
    const start = found.index
    const tag = found[1]?.toLowerCase()
    const end = tag === undefined ? endOfComment(text, start) : endOfTag(text, start, tag, neverClosed)
    if (end === undefined) continue
    spans.push({ start, end })
    OPENING.lastIndex = end
  }
  return spans
}

function endOfComment(text: string, start: number): number {
  const close = text.indexOf('-->', start + 4)
  return close < 0 ? text.length : close + 3
}

function endOfTag(text: string, start: number, tag: string, neverClosed: Set<string>): number | undefined {
  const endOfOpening = text.indexOf('>', start)
  if (endOfOpening < 0 || text[endOfOpening - 1] === '/') return undefined
  if (neverClosed.has(tag)) return undefined
  const closing = new RegExp(`</${tag}\\s*>`, 'gi')
  closing.lastIndex = endOfOpening
  if (closing.exec(text) === null) {
    neverClosed.add(tag)
    return undefined
  }
  return closing.lastIndex
}
