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

interface Step {
  readonly name: string
  readonly before: readonly Chunk[]
  readonly chunks: readonly Chunk[]
  /** Leads from the one to the other; as JSON carries it. */
  readonly delta: ChunkDelta
}

function stepsOf({ name, texts }: RealHistory, language: string): readonly Step[] {
  const cache = new BlockCache(CACHE)
  let before: readonly Chunk[] = []
  return texts.map((text, index) => {
    const chunks = chunksOf(readPage(text, { contentModel: 'wikitext', language, cache }))
    const delta = JSON.parse(JSON.stringify(chunkDelta(before, chunks)))
    const step = { name: `${name}, step ${index}`, before, chunks, delta }
    before = chunks
    return step
  })
}

function checkSame({ name }: Step, held: readonly Chunk[], expected: readonly Chunk[]): void {
  if (JSON.stringify(held) !== JSON.stringify(expected)) expect.fail(name)
}

function checkReplay(steps: readonly Step[]): void {
  let held: readonly Chunk[] = []
  for (const step of steps) {
    held = applyChunkDelta(held, step.delta)
    checkSame(step, held, step.chunks)
  }
}

/** What a client holds is not what the delta applies to: it is refused, unless both are the same after all. */
function checkRefused(step: Step, held: readonly Chunk[]): void {
  if (chunksDigest(held) === chunksDigest(step.before)) {
    checkSame(step, held, step.before)
    checkSame(step, applyChunkDelta(held, step.delta), step.chunks)
  } else expect(() => applyChunkDelta(held, step.delta), step.name).toThrow(WrongBaseChunksError)
}

function checkDetection(steps: readonly Step[]): void {
  for (const [index, step] of steps.entries()) {
    const missed = steps[index - 1]
    if (missed !== undefined) checkRefused(step, missed.before)
    checkRefused(step, step.chunks)
    const joined = applyChunkDelta(
      steps[0]?.chunks ?? [],
      JSON.parse(JSON.stringify(chunkSnapshot(step.before))),
    )
    checkSame(step, applyChunkDelta(joined, step.delta), step.chunks)
  }
}

describe('over the history of the sample article', () => {
  const steps = stepsOf({ name: 'sample', texts: SAMPLE_HISTORY }, 'en')

  it('deltas lead to the chunks of every revision', () => {
    checkReplay(steps)
  })

  it('a delta that was missed or comes twice is detected, and a snapshot at any step puts it right', () => {
    checkDetection(steps)
  })
})

describe.skipIf(!hasRealData).each(['webplatform-docs', 'reactjs-ar'] as const)(
  'over every page history of %s',
  (file) => {
    it('deltas lead to the chunks of every revision; one missed or repeated is detected', () => {
      for (const history of pageHistories(file)) {
        const steps = stepsOf(history, file === 'reactjs-ar' ? 'ar' : 'en')
        checkReplay(steps)
        checkDetection(steps)
      }
    })
  },
)

describe.skipIf(!hasRealData)('on 125 edits of Wikipedia', () => {
  it('deltas lead to the chunks of the new text, and back', () => {
    for (const { name, language, base, text } of wikipediaPairs()) {
      checkReplay(stepsOf({ name, texts: [base, text, base, '', text] }, language))
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
      ['a comment on a line of its own', commentsBeforeHeadings],
      ['another language', (text) => `${text}\n[[de:Etwas]]`],
      ['lines of templates', (text) => `${text}\n{{Authority control}}\n{{Use dmy dates|date=May 2020}}`],
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

function commentsBeforeHeadings(text: string, language: string): string {
  return withOtherText(text, language, (between) => between.replaceAll('\n==', '\n<!-- a comment -->\n=='))
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
    const isPlain = node.kind === 'link' && /^\[\[(?!\s)[^:|#\n]+(?<!\s)\]\]$/.test(source)
    edited += text.slice(at, node.start) + (isPlain ? `[[Elsewhere|${source.slice(2)}` : source)
    at = node.end
  }
  return edited + text.slice(at)
}
