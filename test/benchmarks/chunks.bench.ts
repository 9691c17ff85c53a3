/**
 * What an edit of Wikipedia costs a retrieval index in tokens to embed again, with this chunker and with others, and
 * what chunks and facts cost in time. On the 125 real edits that lie beside the repository on developers' machines:
 *
 *     node test/benchmarks/chunks.bench.ts
 *
 * Every chunker cuts the same plain text and knows a chunk by its text, so none embeds again what is equal: they
 * differ only in where they cut.
 */
import { existsSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { gunzipSync } from 'node:zlib'
import {
  BlockCache,
  chunkDelta,
  chunksOf,
  factsDelta,
  factsOf,
  type PageReading,
  readPage,
} from '@freshet/chunks'
import { diffTexts, type TextDiff } from '@freshet/diff'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { percentile } from './percentile.ts'

interface Edit {
  readonly language: string
  readonly base: string
  readonly text: string
}

/** A text that a chunker gets: blocks with the headings that they stand under. */
type Article = readonly { readonly path: readonly string[]; readonly text: string }[]

const CHUNKERS: Readonly<Record<string, (article: Article, page: PageReading) => readonly string[]>> = {
  'whole article': (article) => [textOf(article)],
  section: sections,
  paragraph: (article) => article.map(({ text }) => text),
  'recursive 1000/200': (article) => recursiveChunks(textOf(article), 1_000, 200),
  'recursive 1000/0': (article) => recursiveChunks(textOf(article), 1_000, 0),
  Freshet: (_article, page) => chunksOf(page).map(({ text }) => text),
}

const TIMING_ROUNDS = 3
const CACHE = { sourceLengthMax: 4_000_000 }

const dataUrl = new URL('../../../shared/data/wikidiff2-revision-pairs.json.gz', import.meta.url)
if (existsSync(dataUrl)) {
  const edits = realEdits()
  printTokens(edits)
  printTimes(edits)
} else print('The real edits are not there; nothing was measured.')

function realEdits(): readonly Edit[] {
  const pairs: Record<string, [string, string][]> = JSON.parse(gunzipSync(readFileSync(dataUrl)).toString())
  return Object.entries(pairs).flatMap(([language, texts]) =>
    texts.map(([base, text]) => ({ language, base, text })),
  )
}

function printTokens(edits: readonly Edit[]): void {
  const measured = edits.map(({ language, base, text }) => {
    const [before, after] = [pageOf(base, language), pageOf(text, language)]
    return { before, after, old: articleOf(before), new: articleOf(after) }
  })
  const whole = sum(measured.map(({ new: article }) => tokensOf(textOf(article))))
  const touched = sum(measured.map((edit) => touchedTokens(textOf(edit.old), textOf(edit.new))))
  const perEdit = (tokens: number) => (tokens / edits.length).toFixed(0)
  print(`${edits.length} edits of Wikipedia, tokens o200k; per edit ${perEdit(whole)} tokens in the article,`)
  print(`${perEdit(touched)} in the words that came in.\n`)
  print(
    '| chunker | chunks | tokens/chunk | embedded again, of the article | tokens/edit | median | p90 | x touched |',
  )
  print('|---|---|---|---|---|---|---|---|')
  for (const [name, chunk] of Object.entries(CHUNKERS)) {
    const chunkCounts: number[] = []
    const again = measured.map((edit) => {
      const known = new Set(chunk(edit.old, edit.before))
      const chunks = chunk(edit.new, edit.after)
      chunkCounts.push(chunks.length)
      return sum(chunks.filter((text) => !known.has(text)).map(tokensOf))
    })
    const chunksPerArticle = sum(chunkCounts) / edits.length
    const cells = [
      name,
      chunksPerArticle.toFixed(1),
      (whole / sum(chunkCounts)).toFixed(0),
      `${((100 * sum(again)) / whole).toFixed(1)} %`,
      perEdit(sum(again)),
      percentile(again, 0.5),
      percentile(again, 0.9),
      (sum(again) / touched).toFixed(1),
    ]
    print(`| ${cells.join(' | ')} |`)
  }
  const withoutText = measured.filter((edit) => textOf(edit.old) === textOf(edit.new)).length
  print(`\n${withoutText} of the edits change no plain text at all.\n`)
}

function printTimes(edits: readonly Edit[]): void {
  const times = {
    first: [] as number[],
    second: [] as number[],
    deltas: [] as number[],
    bytes: [] as number[],
  }
  for (let round = 0; round < TIMING_ROUNDS; round++) {
    for (const { language, base, text } of edits) {
      const cache = new BlockCache(CACHE)
      const start = performance.now()
      const before = pageOf(base, language, cache)
      const [oldChunks, oldFacts] = [chunksOf(before), factsOf(before)]
      const middle = performance.now()
      const after = pageOf(text, language, cache)
      const [newChunks, newFacts] = [chunksOf(after), factsOf(after)]
      const read = performance.now()
      const delta = chunkDelta(oldChunks, newChunks)
      factsDelta(oldFacts, newFacts)
      times.deltas.push(performance.now() - read)
      times.first.push(middle - start)
      times.second.push(read - middle)
      times.bytes.push(Buffer.byteLength(JSON.stringify(delta)))
    }
  }
  print('| milliseconds per edit | p50 | p95 | max |')
  print('|---|---|---|---|')
  const row = (name: string, values: readonly number[], digits: number) => {
    const cells = [0.5, 0.95, 1].map((share) => percentile(values, share).toFixed(digits))
    print(`| ${name} | ${cells.join(' | ')} |`)
  }
  row('chunks and facts of the base', times.first, 2)
  row('of the new text, unchanged blocks known', times.second, 2)
  row('both deltas', times.deltas, 2)
  row(
    'all of it',
    times.first.map((time, index) => time + at(times.second, index) + at(times.deltas, index)),
    2,
  )
  row('bytes of the chunk delta as JSON', times.bytes, 0)
}

function pageOf(text: string, language: string, cache?: BlockCache): PageReading {
  return readPage(text, { contentModel: 'wikitext', language, cache })
}

function articleOf(page: PageReading): Article {
  const blocks = page.blocks
    .filter(({ level, reading }) => level === 0 && reading.chunks.length > 0)
    .map(({ path, reading }) => ({
      path,
      text: reading.chunks.map(({ text, glue }, index) => (index === 0 ? text : glue + text)).join(''),
    }))
  const { categories } = factsOf(page)
  return categories.length === 0 ? blocks : [...blocks, { path: ['Categories'], text: categories.join('\n') }]
}

function textOf(article: Article): string {
  return article.map(({ text }) => text).join('\n\n')
}

function sections(article: Article): readonly string[] {
  const found = new Map<string, string>()
  for (const { path, text } of article) {
    const key = path.join('\n')
    const before = found.get(key)
    found.set(key, before === undefined ? text : `${before}\n\n${text}`)
  }
  return [...found.values()]
}

/**
 * Splits at the strongest separator, packs what comes out up to the size with so much overlap, and takes apart what is
 * larger at the next weaker one: what text splitters of retrieval frameworks do by default.
 */
function recursiveChunks(
  text: string,
  size: number,
  overlap: number,
  separators = ['\n\n', '\n', ' ', ''],
): readonly string[] {
  const [separator = '', ...weaker] = separators
  const chunks: string[] = []
  let packed: string[] = []
  const lengthOf = (parts: readonly string[]) => parts.join(separator).length
  const flush = () => {
    if (packed.length > 0) chunks.push(packed.join(separator))
  }
  for (const part of text.split(separator)) {
    if (part.length > size) {
      flush()
      packed = []
      chunks.push(...recursiveChunks(part, size, overlap, weaker))
      continue
    }
    if (lengthOf([...packed, part]) > size) {
      flush()
      while (lengthOf(packed) > overlap || (packed.length > 0 && lengthOf([...packed, part]) > size))
        packed.shift()
    }
    packed.push(part)
  }
  flush()
  return chunks
}

/** Of the words that an edit brings into the plain text. */
function touchedTokens(base: string, text: string): number {
  return sum(insertedTexts(diffTexts(base, text)).map(tokensOf))
}

function insertedTexts(diff: TextDiff): readonly string[] {
  if ('replace' in diff) return [diff.replace]
  return diff.ops.flatMap((op): readonly string[] => {
    if ('insert' in op) return op.insert
    if ('change' in op) return op.change.filter((step) => typeof step === 'string')
    if ('paste' in op)
      return (op.paste.changes ?? []).flatMap(({ change }) =>
        change.filter((step) => typeof step === 'string'),
      )
    return []
  })
}

function tokensOf(text: string): number {
  return countTokens(text)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}

function print(line: string): void {
  console.log(line)
}
