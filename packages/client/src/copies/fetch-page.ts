import type { ChunkSnapshot } from '@freshet/chunks'
import type { PageIdentity } from './held-page.ts'

export interface PageRequest extends PageIdentity {
  /** The revision that is lacking; undefined: the page's latest. */
  readonly revisionId: number | undefined
}

/**
 * Gets what a copy lacks, from wherever the partner likes: MediaWiki's API, a dump, another service.
 *
 * Resolves to the revision asked for, or a later one; or to `gone` when the page does not exist any more or the text is
 * hidden. Rejects when that is not to be had for now: nothing changes then, and the same change can be applied again later.
 */
export type FetchPage<Page extends FetchedPage = FetchedPage> = (
  request: PageRequest,
) => Promise<Page | 'gone'>

export type FetchedPage = FetchedText | FetchedChunks

export interface FetchedText {
  readonly revisionId: number
  readonly wikitext: string
  /** MediaWiki's content model. Left out: what the change says, or `wikitext`. */
  readonly contentModel?: string | undefined
}

export interface FetchedChunks {
  readonly revisionId: number
  readonly chunks: ChunkSnapshot
}
