import type { BlockCache } from './block-cache.ts'
import { type BlockReading, readBlock } from './block-reading.ts'
import { blocksOf } from './blocks.ts'
import { pageLinkOf } from './page-link.ts'
import { type WikiLanguage, wikiLanguageOf } from './wiki-language.ts'

export interface PageReadingOptions {
  /** MediaWiki's content model of the revision, such as `wikitext` or `json`. */
  readonly contentModel: string
  /** Language of the wiki, as in `en.wikipedia.org`; null when it has none or it is unknown: English names then. */
  readonly language: null | string
  /** What is known of blocks from other texts; undefined: nothing is kept. */
  readonly cache: undefined | BlockCache
}

/** A text taken apart. `chunksOf`, `factsOf` and `plainTextOf` make of it what partners get. */
export interface PageReading {
  readonly language: WikiLanguage
  /**
   * - `wikitext`: an article or the like; an empty text has no blocks
   * - `redirect`: wikitext that only leads to another page; its blocks count for facts, not for chunks or plain text
   * - `other`: JSON, JavaScript, CSS, Lua, Wikibase and so on, which this package does not read; no blocks
   */
  readonly form: 'wikitext' | 'redirect' | 'other'
  /** Normalised title; null when the page is no redirect. */
  readonly redirectTarget: null | string
  readonly blocks: readonly PageBlock[]
}

export interface PageBlock {
  /** Titles of the headings above; a heading's own is the last. */
  readonly path: readonly string[]
  /** Of a heading 1 to 6, else 0. */
  readonly level: number
  readonly reading: BlockReading
}

/** Never throws, whatever the text; its time is linear in the text. */
export function readPage(text: string, options: PageReadingOptions): PageReading {
  const language = wikiLanguageOf(options.language)
  if (options.contentModel !== 'wikitext')
    return { language, form: 'other', redirectTarget: null, blocks: [] }
  const target = language.redirectTarget(text)
  return {
    language,
    form: target === undefined ? 'wikitext' : 'redirect',
    redirectTarget: target === undefined ? null : pageLinkOf(target, language).title,
    blocks: pageBlocks(text, language, options.cache),
  }
}

function pageBlocks(
  text: string,
  language: WikiLanguage,
  cache: undefined | BlockCache,
): readonly PageBlock[] {
  const headings: { readonly level: number; readonly title: string }[] = []
  let path: readonly string[] = []
  return blocksOf(text, language).map((block) => {
    const reading = cache === undefined ? readBlock(block, language) : cache.read(block, language)
    if (block.level > 0) {
      while ((headings.at(-1)?.level ?? 0) >= block.level) headings.pop()
      headings.push({ level: block.level, title: reading.chunks[0]?.text ?? '' })
      path = headings.map(({ title }) => title)
    }
    return { path, level: block.level, reading }
  })
}
