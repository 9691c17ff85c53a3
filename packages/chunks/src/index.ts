export { applyChunkDelta } from './apply-chunk-delta.ts'
export { BlockCache, type BlockCacheLimits } from './block-cache.ts'
export type { InfoboxFact, ReferenceFact } from './block-facts.ts'
export { CHUNKER_VERSION, type Chunk, type ChunkKind, chunksDigest } from './chunk.ts'
export {
  type ChunkDelta,
  type ChunkMeta,
  type ChunkMove,
  type ChunkOp,
  type ChunkOpsDelta,
  type ChunkSnapshot,
  chunkDelta,
  chunkSnapshot,
  type PutChunk,
} from './chunk-delta.ts'
export { chunksOf } from './chunker.ts'
export { ChunksError, DamagedChunkDeltaError, WrongBaseChunksError } from './errors.ts'
export { type Facts, factsOf } from './facts.ts'
export {
  type FactsDelta,
  factsDelta,
  type InfoboxChange,
  type NamesDelta,
  type ReferenceChange,
} from './facts-delta.ts'
export { type PageBlock, type PageReading, type PageReadingOptions, readPage } from './page-reading.ts'
export { type PagePlainText, plainTextOf } from './text.ts'
