import type { Chunk, ChunkDelta } from '@freshet/chunks'
import type { CopyStep } from './copy-step.ts'
import { type HeldPage, type PageIdentity, pageKeyOf } from './held-page.ts'

/** A chunk as a retrieval index knows it. */
export interface IndexedChunk extends Chunk {
  /** Unique in the index: wiki, page id and chunk id, `enwiki:7:awgOzX8ij2WgVgGc`. Other pages may have the same text. */
  readonly key: string
  /** A hint: the key of the chunk that this one is an edited form of. It is in the same update's `delete`. */
  readonly replaces?: string
}

/** What a retrieval index must do to be in step with a page again. All of it may be done twice without harm. */
export interface IndexUpdate {
  readonly page: PageIdentity
  /** Null: not known, or the page is removed. */
  readonly revisionId: number | null
  /** To be embedded and put. */
  readonly put: readonly IndexedChunk[]
  /** Keys of the chunks that go. */
  readonly delete: readonly string[]
  /** The same texts under other headings, or with another count of dropped templates. No embedding, unless headings are embedded too. */
  readonly meta: readonly IndexedChunk[]
  /** The title before, where it has changed. */
  readonly titleBefore: string | undefined
}

/**
 * Undefined when there is nothing to do.
 *
 * @param delta of the change that led to the step, if there is one: gives the hints
 */
export function indexUpdateOf(
  { before, after }: CopyStep<readonly Chunk[]>,
  delta: ChunkDelta | undefined,
): IndexUpdate | undefined {
  if (after === undefined) return undefined
  const keyOf = (id: string) => `${pageKeyOf(after.page)}:${id}`
  const gone = new Map(before?.copy.map((chunk) => [chunk.id, chunk]))
  const added: IndexedChunk[] = []
  const meta: IndexedChunk[] = []
  for (const chunk of after.copy) {
    const was = gone.get(chunk.id)
    gone.delete(chunk.id)
    const indexed = { key: keyOf(chunk.id), ...chunk }
    if (was === undefined) added.push(indexed)
    else if (!isSameMeta(was, chunk)) meta.push(indexed)
  }
  const replaced = replacedIds(delta)
  const put = added.map((chunk) => {
    const id = replaced.get(chunk.id)
    return id !== undefined && gone.has(id) ? { ...chunk, replaces: keyOf(id) } : chunk
  })
  const titleBefore = changedTitle(before, after)
  if (put.length + meta.length + gone.size === 0 && titleBefore === undefined) return undefined
  const revisionId = after.state === 'held' ? after.revisionId : null
  return { page: after.page, revisionId, put, delete: Array.from(gone.keys(), keyOf), meta, titleBefore }
}

function replacedIds(delta: ChunkDelta | undefined): ReadonlyMap<string, string> {
  const replaced = new Map<string, string>()
  if (delta === undefined || !('ops' in delta)) return replaced
  for (const op of delta.ops)
    if ('put' in op && op.put.replaces !== undefined) replaced.set(op.put.id, op.put.replaces)
  return replaced
}

function isSameMeta(one: Chunk, other: Chunk): boolean {
  return (
    one.omittedTemplates === other.omittedTemplates &&
    one.path.length === other.path.length &&
    one.path.every((title, index) => title === other.path[index])
  )
}

function changedTitle(before: HeldPage<unknown> | undefined, after: HeldPage<unknown>): string | undefined {
  return before?.page.title === after.page.title ? undefined : before?.page.title
}
