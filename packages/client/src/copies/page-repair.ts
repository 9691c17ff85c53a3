import type { ArticleChange } from '../article-change.ts'
import type { CopyForm, PageContext } from './copy-form.ts'
import { DamagedPageError, OldPageError, PageFetchError, WrongPageError } from './errors.ts'
import type { FetchedPage, FetchedText, FetchPage, PageRequest } from './fetch-page.ts'
import type { HeldPage, PageIdentity } from './held-page.ts'
import { actAtMsOf } from './page-order.ts'

/** Gets whole pages, where deltas do not lead to them, and checks that they are the right ones. */
export class PageRepair<Copy, Delta extends object, Page extends FetchedPage> {
  readonly #form: CopyForm<Copy, Delta, Page>
  readonly #fetchPage: FetchPage<Page>

  constructor(form: CopyForm<Copy, Delta, Page>, fetchPage: FetchPage<Page>) {
    this.#form = form
    this.#fetchPage = fetchPage
  }

  /** The page as it is after a change: of the change's own `wikitext`, where that was asked for, else fetched. */
  async at(change: ArticleChange, page: PageIdentity, delta: Delta | undefined): Promise<HeldPage<Copy>> {
    const { revision, wikitext } = change
    const request = { ...page, revisionId: revision?.id }
    const actAtMs = actAtMsOf(change)
    const own =
      typeof wikitext === 'string' && revision !== null ? { revisionId: revision.id, wikitext } : undefined
    const found = own ?? (await this.#fetch(request))
    if (found === 'gone') return this.#gone(page, revision?.id ?? null, actAtMs)
    const contentModel = revision?.slots.main?.model ?? revision?.contentModel ?? undefined
    return this.#checked(found, request, actAtMs, { language: page.language, contentModel, delta })
  }

  /** @param held keeps its place in time, since no act is known that led to what is fetched */
  async latest(page: PageIdentity, held: HeldPage<Copy> | undefined): Promise<HeldPage<Copy>> {
    const request = { ...page, revisionId: undefined }
    const actAtMs = held?.actAtMs ?? 0
    const found = await this.#fetch(request)
    if (found === 'gone') return this.#gone(page, held?.revisionId ?? null, actAtMs)
    const context = { language: page.language, contentModel: undefined, delta: undefined }
    return this.#checked(found, request, actAtMs, context)
  }

  async #fetch(request: PageRequest): Promise<Page | 'gone'> {
    try {
      return await this.#fetchPage(request)
    } catch (cause) {
      throw new PageFetchError(request, cause)
    }
  }

  #gone(page: PageIdentity, revisionId: number | null, actAtMs: number): HeldPage<Copy> {
    const copy = this.#form.empty
    return { page, state: 'removed', revisionId, actAtMs, digest: this.#form.digestOf(copy), copy }
  }

  #checked(
    found: Page | FetchedText,
    { revisionId: asked, ...page }: PageRequest,
    actAtMs: number,
    context: PageContext<Delta>,
  ): HeldPage<Copy> {
    const { revisionId } = found
    const request = { ...page, revisionId: asked }
    if (asked !== undefined && revisionId < asked) throw new OldPageError(request, revisionId)
    const copy = this.#form.fromPage(found, context)
    if (copy === undefined) throw new DamagedPageError(request)
    const digest = this.#form.digestOf(copy)
    const expected = context.delta && this.#form.resultDigestOf(context.delta)
    if (expected !== undefined && revisionId === asked && digest !== expected)
      throw new WrongPageError(request, expected, digest)
    return { page, state: 'held', revisionId, actAtMs, digest, copy }
  }
}
