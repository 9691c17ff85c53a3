import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlockCache, type Chunk, chunksOf, plainTextOf, readPage } from './index.ts'
import { generatedWikitext } from './testing/generated-wikitext.ts'
import { SAMPLE_HISTORY } from './testing/sample-history.ts'

const CHARACTERS_MAX = 1_200

function chunks(text: string, language = 'en', cache?: BlockCache): readonly Chunk[] {
  return chunksOf(readPage(text, { contentModel: 'wikitext', language, cache }))
}

function brief(text: string, language = 'en'): string[] {
  return chunks(text, language).map((chunk) => `${chunk.kind} [${chunk.path.join(' > ')}] ${chunk.text}`)
}

describe('chunks', () => {
  it('are the blocks of a page as plain text, under their headings, categories last', () => {
    const text = `{{Infobox town|name=A|area={{convert|5|km2}}}}'''A''' is [[b|a b]].
== C ==
* d
* e
=== F ===
{| class="x"
! g !! h
|-
| i || style="x" | [[j]]
|}
== K ==
[[Category:L]]`
    expect(brief(text)).toEqual([
      'facts [] Infobox town\nname: A\narea: 5 km2',
      'prose [] A is a b.',
      'list [C] d\ne',
      'table [C > F] g | h\ni | j',
      'facts [] Categories:\nL',
    ])
  })

  it('have ids that are the same everywhere and for ever', () => {
    expect(chunks('A town.')).toEqual([{ id: 'awgOzX8ij2WgVgGc', kind: 'prose', path: [], text: 'A town.' }])
  })

  it('with the same text have the same id, numbered in reading order', () => {
    const [first, other, second, third] = chunks('a\n\nb\n== c ==\na\n\na')
    expect([second?.id, third?.id]).toEqual([`${first?.id}.2`, `${first?.id}.3`])
    expect(other?.id).not.toBe(first?.id)
  })

  it('keep their ids under another heading', () => {
    const ids = (text: string) => chunks(text).map(({ id }) => id)
    expect(ids('== a ==\nb\n\nc')).toEqual(ids('== d ==\n=== e ===\nb\n\nc'))
  })

  it('count the templates that their text does not show', () => {
    expect(chunks('a {{x}} b {{y2}}. {{z}}')).toMatchObject([{ text: 'a b.', omittedTemplates: 3 }])
  })

  it('of a long paragraph are cut between sentences', () => {
    const sentences = Array.from({ length: 60 }, (_, index) => `Sentence ${index} says what Dr. No says.`)
    const found = chunks(sentences.join(' '))
    expect(found.length).toBeGreaterThan(2)
    expect(found.flatMap(({ text }) => text.split(/(?<=says\.) /))).toEqual(sentences)
  })

  it('of a long item or cell are cut between its sentences', () => {
    const sentence = 'It says what was to be said, at some length; and then it ends.'
    for (const found of [
      chunks(`* ${`${sentence} `.repeat(40)}`),
      chunks(`{|\n| ${`${sentence} `.repeat(40)}\n|}`),
    ]) {
      expect(found.length).toBeGreaterThan(1)
      for (const { text } of found) expect(text.replaceAll(sentence, '').trim()).toBe('')
    }
  })

  it('further on stay as they are when a sentence comes in', () => {
    const sentences = Array.from({ length: 200 }, (_, index) => `Sentence ${index} has a number.`)
    const before = new Set(chunks(sentences.join(' ')).map(({ id }) => id))
    const changed = sentences.map((_, at) => {
      const text = sentences.toSpliced(at, 0, 'A sentence comes in.').join(' ')
      return chunks(text).filter(({ id }) => !before.has(id)).length
    })
    expect(Math.max(...changed)).toBeLessThanOrEqual(5)
    expect(changed.reduce((sum, count) => sum + count, 0) / changed.length).toBeLessThan(2)
  })

  it('are none for redirects, empty texts, and what is not wikitext', () => {
    expect(chunks('#REDIRECT [[A]]\n[[Category:B]]')).toEqual([])
    expect(chunks('#ПЕРЕНАПРАВЛЕНИЕ [[A]]', 'ru')).toEqual([])
    expect(chunks('')).toEqual([])
    for (const contentModel of ['json', 'javascript', 'css', 'Scribunto', 'wikibase-item']) {
      const page = readPage('a', { contentModel, language: 'en', cache: undefined })
      expect(chunksOf(page)).toEqual([])
      expect(plainTextOf(page)).toBeNull()
    }
  })

  it('are the same whatever was read before', () => {
    const cache = new BlockCache({ sourceLengthMax: 3_000 })
    for (const text of [...SAMPLE_HISTORY, ...SAMPLE_HISTORY.toReversed()]) {
      expect(chunks(text, 'en', cache)).toEqual(chunks(text))
      expect(chunks(text, 'ru', cache)).toEqual(chunks(text, 'ru'))
    }
  })

  it('are of bounded length, have ids of their own and some text, whatever the page holds', () => {
    fc.assert(
      fc.property(generatedWikitext, fc.integer({ min: 1, max: 40 }), (wikitext, times) => {
        const found = chunks(wikitext.repeat(times), 'zh')
        for (const { text } of found) {
          expect(text.length).toBeGreaterThan(0)
          expect(text.length).toBeLessThanOrEqual(CHARACTERS_MAX)
          expect(text.isWellFormed()).toBe(true)
        }
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
      }),
    )
  })

  it('of text without any place to cut are of bounded length too', () => {
    for (const text of ['字', '😀', 'a', 'ภาษาไทย', 'word ', 'a.', '* a ']) {
      const found = chunks(text.repeat(30_000))
      expect(Math.max(...found.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(CHARACTERS_MAX)
      expect(found.every((chunk) => chunk.text.isWellFormed())).toBe(true)
    }
  })
})

describe('the plain text of a page', () => {
  it('is its headings and blocks, apart by empty lines, and the count of templates that it does not show', () => {
    const page = readPage('{{x}}\na {{y2}} b\n== c ==\n* d\n* e', {
      contentModel: 'wikitext',
      language: null,
      cache: undefined,
    })
    expect(plainTextOf(page)).toEqual({ text: 'a b\n\nc\n\nd\ne', omittedTemplates: 2 })
  })

  it('holds the text of every chunk', () => {
    for (const revision of SAMPLE_HISTORY) {
      const page = readPage(revision, { contentModel: 'wikitext', language: 'en', cache: undefined })
      const text = plainTextOf(page)?.text
      for (const chunk of chunksOf(page))
        if (!chunk.text.startsWith('Categories:')) expect(text).toContain(chunk.text)
    }
  })
})
