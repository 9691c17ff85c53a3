import type { HeldPage, IndexedChunk, IndexUpdate } from '../index.ts'

/** A retrieval index as simple as can be: it does what it is told. */
export class ModelIndex {
  readonly chunks = new Map<string, IndexedChunk>()
  /** How many texts it had to embed. */
  embedded = 0

  update(update: IndexUpdate): void {
    for (const key of update.delete) this.chunks.delete(key)
    for (const chunk of [...update.put, ...update.meta]) this.chunks.set(chunk.key, chunk)
    this.embedded += update.put.length
  }

  /** The chunks of one page, by id, without what only the index has. */
  chunksOf({ page }: HeldPage<unknown>): ReadonlyMap<string, unknown> {
    const chunks = new Map<string, unknown>()
    for (const { key, replaces: _hint, ...chunk } of this.chunks.values())
      if (key.startsWith(`${page.wiki}:${page.pageId}:`)) chunks.set(chunk.id, chunk)
    return chunks
  }
}
