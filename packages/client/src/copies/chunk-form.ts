import {
  applyChunkDelta,
  CHUNKER_VERSION,
  type Chunk,
  type ChunkDelta,
  ChunksError,
  chunksDigest,
  chunksOf,
  readPage,
} from '@freshet/chunks'
import type { CopyForm, PageContext } from './copy-form.ts'
import { OtherChunkerError } from './errors.ts'
import type { FetchedPage, FetchedText } from './fetch-page.ts'

/** Copies that are the chunks of a page, in order. */
export const chunkForm: CopyForm<readonly Chunk[], ChunkDelta, FetchedPage> = {
  part: 'chunks',
  partOf: (change) => change.chunks,
  empty: [],
  digestOf: chunksDigest,
  resultDigestOf: (delta) => delta.result,
  apply: applied,
  fromPage: (page, context) => ('chunks' in page ? applied([], page.chunks) : chunksOfText(page, context)),
}

function applied(chunks: readonly Chunk[], delta: ChunkDelta): readonly Chunk[] | undefined {
  try {
    return applyChunkDelta(chunks, delta)
  } catch (error) {
    if (error instanceof ChunksError) return undefined
    throw error
  }
}

function chunksOfText(page: FetchedText, { language, contentModel, delta }: PageContext<ChunkDelta>) {
  if (delta !== undefined && delta.chunker !== CHUNKER_VERSION)
    throw new OtherChunkerError(delta.chunker, CHUNKER_VERSION)
  const model = page.contentModel ?? contentModel ?? 'wikitext'
  return chunksOf(readPage(page.wikitext, { contentModel: model, language, cache: undefined }))
}
