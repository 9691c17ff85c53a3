import { verbatimSpans } from './verbatim-spans.ts'

/** A section heading of a wikitext: a line in equals signs. */
export interface Heading {
  /** The index of its line, and the UTF-16 offset at which that starts. */
  readonly line: number
  readonly offset: number
  /** 1 to 6: how many equals signs stand on both sides. */
  readonly level: number
  /** As written, markup included, without the equals signs and the spaces around it. */
  readonly title: string
}

const LEVEL_MAX = 6
const EQUALS_SIGN = 0x3d

/** The headings of a wikitext; lines in comments and verbatim blocks are none. */
export function headingsOf(lines: readonly string[]): Heading[] {
  const headings: Heading[] = []
  let offset = 0
  lines.forEach((line, index) => {
    const heading = line.charCodeAt(0) === EQUALS_SIGN ? readHeading(line) : undefined
    if (heading !== undefined) headings.push({ line: index, offset, ...heading })
    offset += line.length + 1
  })
  return headings.length === 0 ? headings : outsideOf(verbatimSpans(lines.join('\n')), headings)
}

function outsideOf(
  spans: readonly { start: number; end: number }[],
  headings: readonly Heading[],
): Heading[] {
  let next = 0
  return headings.filter(({ offset }) => {
    while (next < spans.length && (spans[next]?.end as number) <= offset) next++
    const span = spans[next]
    return span === undefined || offset < span.start
  })
}

function readHeading(line: string): { level: number; title: string } | undefined {
  const text = withoutTrailingComments(line)
  let before = 0
  while (text.charCodeAt(before) === EQUALS_SIGN) before++
  if (before === text.length) return readEqualsSigns(before)
  let after = 0
  while (text.charCodeAt(text.length - 1 - after) === EQUALS_SIGN) after++
  const level = Math.min(LEVEL_MAX, before, after)
  return level === 0 ? undefined : { level, title: text.slice(level, text.length - level).trim() }
}

/** A line of nothing else is a heading of what is left over between equally many at both ends. */
function readEqualsSigns(count: number): { level: number; title: string } | undefined {
  if (count < 3) return undefined
  const level = Math.min(LEVEL_MAX, (count - 1) >> 1)
  return { level, title: '='.repeat(count - 2 * level) }
}

function withoutTrailingComments(line: string): string {
  let text = line.trimEnd()
  while (text.endsWith('-->')) {
    const start = text.lastIndexOf('<!--')
    if (start < 0) break
    text = text.slice(0, start).trimEnd()
  }
  return text
}
