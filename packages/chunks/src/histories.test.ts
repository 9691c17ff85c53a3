import { describe, expect, it } from 'vitest'
import {
  applyChunkDelta,
  BlockCache,
  type Chunk,
  type ChunkDelta,
  chunkDelta,
  chunkSnapshot,
  chunksDigest,
  chunksOf,
  readPage,
  WrongBaseChunksError,
} from './index.ts'
import { hasRealData, pageHistories, type RealHistory, wikipediaPairs } from './testing/real-histories.ts'
import { SAMPLE_HISTORY } from './testing/sample-history.ts'
import { wikiLanguageOf } from './wiki-language.ts'
import { scanWikitext } from './wikitext-scanner.ts'

const CACHE = { sourceLengthMax: 1_000_000 }

/** The chunks at every step, and the delta that leads to each of them, as JSON carries it. */
function replay({ texts }: RealHistory, language: string): { chunks: readonly Chunk[]; delta: ChunkDelta }[] {
  const cache = new BlockCache(CACHE)
  let base: readonly Chunk[] = []
  return texts.map((text) => {
    const chunks = chunksOf(readPage(text, { contentModel: 'wikitext', language, cache }))
    const delta = JSON.parse(JSON.stringify(chunkDelta(base, chunks)))
    base = chunks
    return { chunks, delta }
  })
}

function checkReplay(history: RealHistory, language: string): void {
  let held: readonly Chunk[] = []
  for (const [index, { chunks, delta }] of replay(history, language).entries()) {
    held = applyChunkDelta(held, delta)
    if (JSON.stringify(held) !== JSON.stringify(chunks)) expect.fail(`${history.name}, step ${index}`)
  }
}

/** A client misses each message in turn: the next one that matters to it is refused, and a snapshot puts it right. */
function checkMissed(history: RealHistory, language: string): void {
  const steps = replay(history, language)
  for (const [missed, step] of steps.entries()) {
    const before = steps[missed - 1]?.chunks ?? []
    const next = steps[missed + 1]
    if (next === undefined) continue
    const changedNothing = chunksDigest(before) === chunksDigest(step.chunks)
    if (changedNothing) expect(applyChunkDelta(before, next.delta)).toEqual(next.chunks)
    else expect(() => applyChunkDelta(before, next.delta)).toThrow(WrongBaseChunksError)
    const snapshot = JSON.parse(JSON.stringify(chunkSnapshot(step.chunks)))
    const joined = applyChunkDelta(applyChunkDelta(before, snapshot), next.delta)
    expect(joined).toEqual(next.chunks)
  }
}

/** The same message twice: refused, unless it changes nothing. */
function checkRepeated(history: RealHistory, language: string): void {
  let before: readonly Chunk[] = []
  for (const { chunks, delta } of replay(history, language)) {
    const changedNothing = chunksDigest(before) === chunksDigest(chunks)
    if (changedNothing) expect(applyChunkDelta(chunks, delta)).toEqual(chunks)
    else expect(() => applyChunkDelta(chunks, delta)).toThrow(WrongBaseChunksError)
    before = chunks
  }
}

describe('over the history of the sample article', () => {
  const history = { name: 'sample', texts: SAMPLE_HISTORY }

  it('deltas lead to the chunks of every revision', () => {
    checkReplay(history, 'en')
  })

  it('a missed delta is detected at the next', () => {
    checkMissed(history, 'en')
  })

  it('a repeated delta is detected', () => {
    checkRepeated(history, 'en')
  })
})

describe.skipIf(!hasRealData).each(['webplatform-docs', 'reactjs-ar'] as const)(
  'over every page history of %s',
  (file) => {
    it('deltas lead to the chunks of every revision', () => {
      for (const history of pageHistories(file)) checkReplay(history, file === 'reactjs-ar' ? 'ar' : 'en')
    })

    it('a missed and a repeated delta are detected', () => {
      for (const history of pageHistories(file)) {
        checkMissed(history, 'en')
        checkRepeated(history, 'en')
      }
    })
  },
)

describe.skipIf(!hasRealData)('on 125 edits of Wikipedia', () => {
  it('deltas lead to the chunks of the new text, and back', () => {
    for (const { name, language, base, text } of wikipediaPairs()) {
      checkReplay({ name, texts: [base, text, base, '', text] }, language)
    }
  })

  it('what is embedded again is at most 4 % of the articles, counted in characters', () => {
    let again = 0
    let whole = 0
    for (const { language, base, text } of wikipediaPairs()) {
      const [before, after] = [base, text].map((wikitext) =>
        chunksOf(readPage(wikitext, { contentModel: 'wikitext', language, cache: undefined })),
      ) as [readonly Chunk[], readonly Chunk[]]
      for (const op of chunkDelta(before, after).ops) if ('put' in op) again += op.put.text.length
      for (const chunk of after) whole += chunk.text.length
    }
    expect(again / whole).toBeLessThan(0.04)
  })

  it('an edit that changes no prose puts no prose', () => {
    const edits: [string, (text: string, language: string) => string][] = [
      ['a category', (text) => `${text}\n[[Category:Things that nobody knows]]`],
      ['references', afterSentences('<ref>{{cite web|url=https://example.org}}</ref>')],
      ['comments', afterSentences('<!-- b -->')],
      ['marks of editors', afterSentences('{{citation needed|date=May 2020}}')],
      ['a comment on a line of its own', (text) => text.replaceAll('\n==', '\n<!-- a comment -->\n==')],
      ['another language', (text) => `${text}\n[[de:Etwas]]`],
      ['lines of templates', (text) => `{{Use dmy dates|date=May 2020}}\n${text}\n{{Authority control}}`],
      ['the target of links', withOtherTargets],
    ]
    for (const { name, language, text } of wikipediaPairs()) {
      const read = (wikitext: string) =>
        chunksOf(readPage(wikitext, { contentModel: 'wikitext', language, cache: undefined }))
      const base = read(text)
      for (const [what, edit] of edits) {
        const { ops } = chunkDelta(base, read(edit(text, language)))
        const put = ops.filter((op) => 'put' in op && op.put.kind !== 'facts')
        if (put.length > 0) expect.fail(`${name}, ${what}: ${JSON.stringify(put)}`)
      }
    }
  })
})

/** Between two sentences of text that is in no template, link, table or tag. */
function afterSentences(added: string): (text: string, language: string) => string {
  return (text, language) =>
    withOtherText(text, language, (between) =>
      /[<>{}|]/.test(between) ? between : between.replaceAll(/(?<=\p{L}\.)(?= \p{Lu})/gu, added),
    )
}

function withOtherText(text: string, language: string, edit: (between: string) => string): string {
  let edited = ''
  let at = 0
  for (const node of scanWikitext(text, wikiLanguageOf(language))) {
    edited += edit(text.slice(at, node.start)) + text.slice(node.start, node.end)
    at = node.end
  }
  return edited + edit(text.slice(at))
}

function withOtherTargets(text: string, language: string): string {
  let edited = ''
  let at = 0
  for (const node of scanWikitext(text, wikiLanguageOf(language))) {
    const source = text.slice(node.start, node.end)
    const isPlain = node.kind === 'link' && /^\[\[[^:|#\n]+\]\]$/.test(source)
    edited += text.slice(at, node.start) + (isPlain ? `[[Elsewhere|${source.slice(2)}` : source)
    at = node.end
  }
  return edited + text.slice(at)
}
