import type { ArticleChange, PartOrReason } from '../article-change.ts'
import type { FetchedPage, FetchedText } from './fetch-page.ts'

/** What the copies of one kind are made of, and how they are kept in step. Pure. */
export interface CopyForm<Copy, Delta extends object, Page extends FetchedPage> {
  /** The part of a change that carries the deltas. */
  readonly part: 'chunks' | 'diff'
  partOf(change: ArticleChange): PartOrReason<Delta> | undefined
  /** The copy of a page that does not exist. */
  readonly empty: Copy
  digestOf(copy: Copy): string
  /** Of the copy that the delta leads to. */
  resultDigestOf(delta: Delta): string
  /** Checks the digests of both. Undefined: the delta is not for this copy, or damaged. */
  apply(copy: Copy, delta: Delta): Copy | undefined
  /** Undefined: the page is damaged. */
  fromPage(page: Page | FetchedText, context: PageContext<Delta>): Copy | undefined
}

/** What is known of a page that was fetched. */
export interface PageContext<Delta> {
  readonly language: string | null
  /** As the change said; undefined: it did not, or there is none. */
  readonly contentModel: string | undefined
  /** The delta that did not fit. */
  readonly delta: Delta | undefined
}
