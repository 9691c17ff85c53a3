import type { TextDiff } from '@freshet/diff'
import type { ArticleChange } from '../article-change.ts'
import type { CopyStep } from './copy-step.ts'
import type { FetchedText, FetchPage } from './fetch-page.ts'
import type { HeldPage, PageIdentity } from './held-page.ts'
import { PageCopies } from './page-copies.ts'
import type { PageStorage } from './page-storage.ts'
import { textForm } from './text-form.ts'

export interface TextCopiesOptions {
  /** Gets a page that was missed. A subscription that asks for `wikitext` too hardly ever needs it. */
  readonly fetchPage: FetchPage<FetchedText>
  /** Called with every step before it is stored; when it rejects the step is not made, and the change can be applied again. */
  readonly onStep?: ((step: CopyStep<string>) => unknown) | undefined
  /** Left out: in memory. */
  readonly storage?: PageStorage<string> | undefined
}

/**
 * The source texts of any number of pages, kept in step by the part `diff` of their changes, byte for byte. What was
 * missed, comes twice or out of order is dealt with as by `ChunkStore`.
 */
export class TextCopies {
  readonly #copies: PageCopies<string, TextDiff, FetchedText>

  constructor({ fetchPage, onStep, storage }: TextCopiesOptions) {
    this.#copies = new PageCopies({
      form: textForm,
      storage: storage ?? new Map(),
      fetchPage,
      beforeStored: (step) => onStep?.(step),
    })
  }

  /**
   * Applies a change that holds the part `diff`.
   *
   * @throws CopyError; where it is retryable, the same change can be applied again
   */
  apply(change: ArticleChange): Promise<CopyStep<string>> {
    return this.#copies.apply(change)
  }

  /** Fetches the latest revision of a page, whether it is known or not. */
  refresh(page: PageIdentity): Promise<CopyStep<string>> {
    return this.#copies.refresh(page)
  }

  /** Whether the text has this SHA-256, in hexadecimal. It is worked out anew from what is stored; an unknown page has that of ''. */
  check(wiki: string, pageId: number, sha256: string): Promise<boolean> {
    return this.#copies.check(wiki, pageId, sha256)
  }

  get(wiki: string, pageId: number): Promise<HeldPage<string> | undefined> {
    return this.#copies.get(wiki, pageId)
  }

  /** All pages that are known, the removed ones included. */
  pages(): AsyncIterable<HeldPage<string>> {
    return this.#copies.values()
  }
}
