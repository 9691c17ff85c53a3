import type { Chunk, ChunkDelta } from '@freshet/chunks'
import { type ArticleChange, isUnavailable } from '../article-change.ts'
import { chunkForm } from './chunk-form.ts'
import type { CopyStep } from './copy-step.ts'
import type { FetchedPage, FetchPage } from './fetch-page.ts'
import type { HeldPage, PageIdentity } from './held-page.ts'
import { type IndexUpdate, indexUpdateOf } from './index-update.ts'
import { PageCopies } from './page-copies.ts'
import type { PageStorage } from './page-storage.ts'

/** A retrieval index. Called before the chunks are stored; when it rejects they are not, and the change can be applied again. */
export type ChunkIndex = (update: IndexUpdate) => unknown

export interface ChunkStoreOptions {
  /** Gets a page that was missed. A subscription that asks for `wikitext` too hardly ever needs it. */
  readonly fetchPage: FetchPage<FetchedPage>
  /** Left out: nothing is indexed. */
  readonly updateIndex?: ChunkIndex | undefined
  /** Left out: in memory. */
  readonly storage?: PageStorage<readonly Chunk[]> | undefined
}

/**
 * The chunks of any number of pages, kept in step by the part `chunks` of their changes; and with them a retrieval index.
 *
 * Deltas that were missed, come twice or out of order are noticed, by the digests that they carry and by the revisions
 * of the page; what is lacking is fetched. So the chunks of a page are always exactly those of one of its revisions, and
 * never go back to an earlier one. What cannot be noticed is that the last delta of a page was missed: after a `gap`
 * frame `refresh` the pages that matter, or `check` them.
 *
 * A step is: fetch if need be, `updateIndex`, store. When one fails `apply` rejects and nothing is stored, so that the
 * same change can be applied again: an index gets every update at least once. Changes of one page are applied in the order
 * of the calls, those of different pages at the same time; a caller that awaits each holds one page in memory.
 */
export class ChunkStore {
  readonly #copies: PageCopies<readonly Chunk[], ChunkDelta, FetchedPage>

  constructor({ fetchPage, updateIndex, storage }: ChunkStoreOptions) {
    this.#copies = new PageCopies({
      form: chunkForm,
      storage: storage ?? new Map(),
      fetchPage,
      beforeStored: (step, change) => {
        const update = updateIndex && indexUpdateOf(step, deltaOf(change))
        return update && updateIndex(update)
      },
    })
  }

  /**
   * Applies a change that holds the part `chunks`.
   *
   * @throws CopyError; where it is retryable, the same change can be applied again
   */
  apply(change: ArticleChange): Promise<CopyStep<readonly Chunk[]>> {
    return this.#copies.apply(change)
  }

  /** Fetches the latest revision of a page, whether it is known or not. */
  refresh(page: PageIdentity): Promise<CopyStep<readonly Chunk[]>> {
    return this.#copies.refresh(page)
  }

  /**
   * Whether the page has the chunks of this digest: the `result` of a delta, or `chunksDigest(chunks)`. It is worked out
   * anew from what is stored. A page that is not known has the digest of no chunks.
   */
  check(wiki: string, pageId: number, digest: string): Promise<boolean> {
    return this.#copies.check(wiki, pageId, digest)
  }

  get(wiki: string, pageId: number): Promise<HeldPage<readonly Chunk[]> | undefined> {
    return this.#copies.get(wiki, pageId)
  }

  /** All pages that are known, the removed ones included. */
  pages(): AsyncIterable<HeldPage<readonly Chunk[]>> {
    return this.#copies.values()
  }
}

function deltaOf(change: ArticleChange | undefined): ChunkDelta | undefined {
  const chunks = change?.chunks
  return chunks === undefined || isUnavailable(chunks) ? undefined : chunks
}
