import { describe, expect, it } from 'vitest'
import { applyChunkDelta, chunkDelta, chunksOf, factsOf, plainTextOf, readPage } from './index.ts'

const MEGABYTE = 1 << 20

function filled(piece: string): string {
  return piece.repeat(Math.floor(MEGABYTE / piece.length))
}

function nested(open: string, close: string): string {
  const depth = Math.floor(MEGABYTE / (open.length + close.length))
  return open.repeat(depth) + close.repeat(depth)
}

/** A megabyte each of what once took quadratic time or a call for each level, here or in other parsers. */
const WORST_CASES: readonly [string, string][] = [
  ['unclosed templates', filled('{{a|')],
  ['nested templates', nested('{{a|', '}}')],
  ['nested inline templates', nested('{{lang|en|', '}}')],
  ['nested records', nested('{{Infobox\n|a=b\n|c=', '}}')],
  ['nested files', nested('[[File:a|', ']]')],
  ['unclosed tables', filled('{|\n')],
  ['nested tables', nested('{|\n|\n', '|}\n')],
  ['unclosed references', filled('<ref>')],
  ['unclosed variants', filled('-{a ')],
  ['lines of one character', filled('a\n')],
  ['full stops', filled('.')],
  ['full stops and spaces', filled('. ')],
  ['parentheses around templates', filled('({{x}}')],
  ['parameters', `{{hlist${filled('|a')}}}`],
  ['parameters of a record', `{{Infobox${filled('\n|a=b')}}}`],
  ['headings', filled('=a=\n== b ==\n')],
  ['comment ends behind a heading', `==${filled('-->')}`],
  ['Chinese without a full stop', filled('字')],
  ['quotes', filled("'")],
  ['spaces', filled(' ')],
]

describe('a megabyte of', () => {
  it.each(WORST_CASES)('%s is read like any other text', (_name, text) => {
    const page = readPage(text, { contentModel: 'wikitext', language: 'zh', cache: undefined })
    const chunks = chunksOf(page)
    expect(chunks.every((chunk) => chunk.text.length <= 1_200)).toBe(true)
    expect(applyChunkDelta([], chunkDelta([], chunks))).toEqual(chunks)
    expect(plainTextOf(page)?.text.length).toBeLessThanOrEqual(2 * text.length)
    expect(factsOf(page).redirectTarget).toBeNull()
  })
})
