import { type BlockChunk, chunkOf } from './block-reading.ts'
import type { Chunk } from './chunk.ts'
import type { PageReading } from './page-reading.ts'
import { cutUnits } from './unit-cuts.ts'

/**
 * The chunks of a page in reading order, the categories last. The same text of the same wiki gives the same chunks on
 * every machine, whatever was read before. A redirect, an empty page and what is not wikitext have none.
 */
export function chunksOf(page: PageReading): readonly Chunk[] {
  if (page.form !== 'wikitext') return []
  const repeats = new Map<string, number>()
  const chunks: Chunk[] = []
  for (const { level, path, reading } of page.blocks) {
    if (level > 0) continue
    for (const chunk of reading.chunks) chunks.push(placed(chunk, path, repeats))
  }
  for (const chunk of categoryChunks(page)) chunks.push(placed(chunk, [], repeats))
  return chunks
}

/** @param repeats how often each id was given in this page */
function placed(chunk: BlockChunk, path: readonly string[], repeats: Map<string, number>): Chunk {
  const count = (repeats.get(chunk.id) ?? 0) + 1
  repeats.set(chunk.id, count)
  const id = count === 1 ? chunk.id : `${chunk.id}.${count}`
  const { kind, text, omittedTemplates } = chunk
  return { id, kind, path, text, ...(omittedTemplates > 0 && { omittedTemplates }) }
}

function categoryChunks(page: PageReading): readonly BlockChunk[] {
  const categories = new Set(page.blocks.flatMap(({ reading }) => reading.facts.categories))
  const units = Array.from(categories, (category, index) => {
    const text = index === 0 ? `${CATEGORIES_TITLE}${category}` : category
    return { text, glue: '\n', omittedTemplates: 0 }
  })
  return cutUnits(units).map((run) => chunkOf(run, 'facts'))
}

const CATEGORIES_TITLE = 'Categories:\n'
