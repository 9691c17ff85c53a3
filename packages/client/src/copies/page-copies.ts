import type { ArticleChange } from '../article-change.ts'
import type { CopyForm } from './copy-form.ts'
import type { CopyOutcome, CopyStep } from './copy-step.ts'
import { MissingPartError, OldPageError } from './errors.ts'
import type { FetchedPage, FetchPage } from './fetch-page.ts'
import { type HeldPage, type PageIdentity, pageKeyOf } from './held-page.ts'
import { KeyedQueue } from './keyed-queue.ts'
import { actAtMsOf, pageOrderOf } from './page-order.ts'
import { PageRepair } from './page-repair.ts'
import type { PageStorage } from './page-storage.ts'
import { textActOf } from './text-act.ts'

export interface PageCopiesOptions<Copy, Delta extends object, Page extends FetchedPage> {
  readonly form: CopyForm<Copy, Delta, Page>
  readonly storage: PageStorage<Copy>
  readonly fetchPage: FetchPage<Page>
  readonly beforeStored: BeforeStored<Copy>
}

/** Called before a step is stored, with the change that led to it; when it rejects, the step is not made. */
export type BeforeStored<Copy> = (step: CopyStep<Copy>, change: ArticleChange | undefined) => unknown

/** What a page is, apart from when and which. */
type Content<Copy> = Pick<HeldPage<Copy>, 'state' | 'digest' | 'copy'>

/**
 * Copies of pages, kept in step by deltas. Whatever was missed, comes twice or out of order: after every step the copy is
 * exactly that of one revision, and never of an earlier one than before.
 *
 * A delta is made only on the copy that it was made for, by digest. Where it does not fit the page is fetched; where the
 * page is further already it is passed by.
 */
export class PageCopies<Copy, Delta extends object, Page extends FetchedPage> {
  readonly #form: CopyForm<Copy, Delta, Page>
  readonly #storage: PageStorage<Copy>
  readonly #beforeStored: BeforeStored<Copy>
  readonly #repair: PageRepair<Copy, Delta, Page>
  readonly #queue = new KeyedQueue()
  /** Of a page that exists, and whose copy is empty. */
  readonly #empty: Content<Copy>

  constructor({ form, storage, fetchPage, beforeStored }: PageCopiesOptions<Copy, Delta, Page>) {
    this.#form = form
    this.#storage = storage
    this.#beforeStored = beforeStored
    this.#repair = new PageRepair(form, fetchPage)
    this.#empty = { state: 'held', digest: form.digestOf(form.empty), copy: form.empty }
  }

  async apply(change: ArticleChange): Promise<CopyStep<Copy>> {
    const { wiki, domain, language } = change
    const { id, title } = change.page
    if (id === null) return { outcome: 'unidentified', before: undefined, after: undefined }
    const page: PageIdentity = { wiki, pageId: id, title, domain, language }
    return this.#queue.run(pageKeyOf(page), () => this.#apply(change, page))
  }

  /** Fetches the latest revision, whatever is held. */
  async refresh(page: PageIdentity): Promise<CopyStep<Copy>> {
    return this.#queue.run(pageKeyOf(page), async () => {
      const before = await this.#storage.get(pageKeyOf(page))
      const after = await this.#repair.latest(page, before)
      if (before?.state === 'held' && isBefore(after.revisionId, before.revisionId))
        throw new OldPageError({ ...page, revisionId: undefined }, after.revisionId ?? 0)
      return this.#store('repaired', undefined, before, after)
    })
  }

  /** Whether the copy, as it lies in the storage, has this digest. */
  async check(wiki: string, pageId: number, digest: string): Promise<boolean> {
    const held = await this.get(wiki, pageId)
    return this.#form.digestOf(held?.copy ?? this.#form.empty) === digest
  }

  async get(wiki: string, pageId: number): Promise<HeldPage<Copy> | undefined> {
    return this.#storage.get(pageKeyOf({ wiki, pageId }))
  }

  async *values(): AsyncGenerator<HeldPage<Copy>> {
    yield* this.#storage.values()
  }

  async #apply(change: ArticleChange, page: PageIdentity): Promise<CopyStep<Copy>> {
    const held = await this.#storage.get(pageKeyOf(page))
    if (pageOrderOf(change, held) === 'older') return { outcome: 'older', before: held, after: held }
    const part = this.#form.partOf(change)
    const act = textActOf(change, part)
    const actAtMs = actAtMsOf(change)
    const revisionId = change.revision?.id ?? null
    const heldRevisionId = held?.revisionId ?? null
    switch (act.type) {
      case 'missing-part':
        throw new MissingPartError(change.id, this.#form.part)
      case 'removal': {
        const after = { page, actAtMs, revisionId: revisionId ?? heldRevisionId }
        return this.#store('removed', change, held, { ...after, ...this.#empty, state: 'removed' })
      }
      case 'untouched':
        if (held?.state !== 'held' || (revisionId ?? heldRevisionId) !== heldRevisionId) break
        return this.#store('unchanged', change, held, { ...held, page, actAtMs })
      case 'delta': {
        const content = this.#contentAfter(act.delta, held)
        if (content === undefined) break
        return this.#store('applied', change, held, { page, actAtMs, revisionId, ...content })
      }
    }
    const delta = act.type === 'delta' ? act.delta : undefined
    return this.#store('repaired', change, held, await this.#repair.at(change, page, delta))
  }

  /** Undefined when the delta does not fit what is held. */
  #contentAfter(delta: Delta, held: HeldPage<Copy> | undefined): Content<Copy> | undefined {
    const { copy, digest } = held ?? this.#empty
    const result = this.#form.resultDigestOf(delta)
    // Equal digests are equal copies: a missed edit that was reverted since need not be fetched.
    if (result === digest) return { state: 'held', digest, copy }
    if (result === this.#empty.digest) return this.#empty
    const applied = this.#form.apply(copy, delta)
    return applied === undefined ? undefined : { state: 'held', digest: result, copy: applied }
  }

  async #store(
    way: CopyOutcome,
    change: ArticleChange | undefined,
    before: HeldPage<Copy> | undefined,
    after: HeldPage<Copy>,
  ): Promise<CopyStep<Copy>> {
    const step = { outcome: outcomeOf(way, before, after), before, after }
    await this.#beforeStored(step, change)
    await this.#storage.set(pageKeyOf(after.page), after)
    return step
  }
}

function outcomeOf(
  way: CopyOutcome,
  before: HeldPage<unknown> | undefined,
  after: HeldPage<unknown>,
): CopyOutcome {
  if (before?.state === after.state && before.digest === after.digest) return 'unchanged'
  return after.state === 'removed' ? 'removed' : way
}

function isBefore(revisionId: number | null, other: number | null): boolean {
  return revisionId !== null && other !== null && revisionId < other
}
