import { type Chunk, chunkIdOf, chunksDigest, withoutRepeat } from './chunk.ts'
import type { ChunkDelta, ChunkMeta, ChunkOp, PutChunk } from './chunk-delta.ts'
import { DamagedChunkDeltaError, WrongBaseChunksError } from './errors.ts'

/**
 * The chunks of the new text. The list that is given is not changed.
 *
 * @throws WrongBaseChunksError when the chunks are not those that the delta was made from
 * @throws DamagedChunkDeltaError when the delta is not what it was when it was made
 */
export function applyChunkDelta(chunks: readonly Chunk[], delta: ChunkDelta): readonly Chunk[] {
  if ('ops' in delta) {
    const actual = chunksDigest(chunks)
    if (actual !== delta.base) throw new WrongBaseChunksError(delta.base, actual)
  }
  const result = 'ops' in delta ? appliedOps(chunks, delta.ops) : delta.replace
  checkNewTexts(delta)
  if (chunksDigest(result) !== delta.result) throw new DamagedChunkDeltaError('the ops lead to other chunks')
  return result
}

function appliedOps(chunks: readonly Chunk[], ops: readonly ChunkOp[]): readonly Chunk[] {
  const named = namedChunks(chunks, ops)
  const unnamed = chunks.filter(({ id }) => !named.has(id))
  const result: Chunk[] = []
  let kept = 0
  for (const op of ops) {
    if ('keep' in op) {
      if (kept + op.keep > unnamed.length)
        throw new DamagedChunkDeltaError('it keeps more chunks than there are')
      for (const chunk of unnamed.slice(kept, kept + op.keep)) result.push(chunk)
      kept += op.keep
    } else if ('put' in op) result.push(withoutHint(op.put))
    else if ('meta' in op) result.push(withMeta(named.get(op.meta.id) as Chunk, op.meta))
    else if ('move' in op) {
      const chunk = named.get(op.move.id) as Chunk
      const { path } = op.move
      result.push(path === undefined ? chunk : withMeta(chunk, { ...op.move, path }))
    }
  }
  if (kept < unnamed.length) throw new DamagedChunkDeltaError('it does not say what becomes of some chunks')
  return result
}

/** The chunks that ops take up by their id. */
function namedChunks(chunks: readonly Chunk[], ops: readonly ChunkOp[]): ReadonlyMap<string, Chunk> {
  const byId = new Map(chunks.map((chunk) => [chunk.id, chunk]))
  const named = new Map<string, Chunk>()
  for (const id of ops.flatMap(namedIds)) {
    const chunk = byId.get(id)
    if (chunk === undefined) throw new DamagedChunkDeltaError(`it names the chunk ${id}, which is not there`)
    if (named.has(id)) throw new DamagedChunkDeltaError(`it names the chunk ${id} twice`)
    named.set(id, chunk)
  }
  return named
}

function namedIds(op: ChunkOp): readonly string[] {
  if ('del' in op) return op.del
  if ('meta' in op) return [op.meta.id]
  return 'move' in op ? [op.move.id] : []
}

/** The digest of the list covers ids, not texts: a text is right when its id is its own. */
function checkNewTexts(delta: ChunkDelta): void {
  const chunks = 'ops' in delta ? delta.ops.flatMap((op) => ('put' in op ? [op.put] : [])) : delta.replace
  for (const { id, kind, text } of chunks) {
    if (chunkIdOf(delta.chunker, kind, text) === withoutRepeat(id)) continue
    throw new DamagedChunkDeltaError(`the text of the chunk ${id} is not the one it was made of`)
  }
}

function withoutHint({ replaces: _hint, ...chunk }: PutChunk): Chunk {
  return chunk
}

function withMeta({ id, kind, text }: Chunk, { path, omittedTemplates }: ChunkMeta): Chunk {
  return { id, kind, path, text, ...(omittedTemplates !== undefined && { omittedTemplates }) }
}
