import { applyDiff, type TextDiff } from '@freshet/diff'
import { pageKey } from '../harness/page-texts.ts'
import { type ReceivedChange, resumingChanges } from '../harness/subscriber.ts'

type Part<T> = T | { readonly unavailable: unknown }

/** A partner that keeps a copy of the wiki by the diffs that it gets, and comes back by its cursor whatever happens. */
export class PartnerCopy implements AsyncDisposable {
  readonly ids = new Set<string>()
  /** The newest text of each page, by wiki and page id. */
  readonly texts = new Map<string, string>()
  /** Changes that came without a diff, because the ingest node did not have the text before. */
  changesWithoutDiff = 0
  readonly #lastRevisions = new Map<string, number>()
  readonly #url: string
  readonly #leaving = new AbortController()
  readonly #following: Promise<void>
  #onChange: () => void = () => undefined

  constructor(url: string) {
    this.#url = url
    this.#following = this.#follow()
    this.#following.catch(() => this.#onChange())
  }

  /** Rejects when a change came twice, out of order within its page, or with a diff that does not fit. */
  async untilItHas(ids: ReadonlySet<string>): Promise<void> {
    const isMissing = () => [...ids].some((id) => !this.ids.has(id))
    while (isMissing()) {
      const changed = new Promise<void>((resolve) => {
        this.#onChange = resolve
      })
      await Promise.race([changed, this.#following])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort()
    await this.#following.catch(() => undefined)
  }

  async #follow(): Promise<void> {
    const query = { from: 'earliest', parts: 'core,diff,wikitext' }
    for await (const { change } of resumingChanges(() => this.#url, query, this.#leaving.signal)) {
      this.#apply(change)
      this.#onChange()
    }
  }

  #apply(change: ReceivedChange): void {
    const { id, revision } = change
    const page = pageKey(change)
    if (this.ids.has(id)) throw new Error(`${id} came twice`)
    this.ids.add(id)
    const revisionId = revision?.id ?? 0
    if (revisionId < (this.#lastRevisions.get(page) ?? 0)) throw new Error(`${id} came out of order`)
    this.#lastRevisions.set(page, revisionId)
    this.texts.set(page, this.#textAfter(change))
  }

  #textAfter(change: ReceivedChange): string {
    const { id, wikitext } = change
    const diff = change.diff as Part<TextDiff>
    if ('unavailable' in diff) {
      this.changesWithoutDiff++
      return wikitext as string
    }
    const text = applyDiff(this.texts.get(pageKey(change)) ?? '', diff)
    if (text !== wikitext) throw new Error(`the diff of ${id} does not give its text`)
    return text
  }
}
