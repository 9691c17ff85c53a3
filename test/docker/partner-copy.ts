import { PageTexts } from '../harness/page-texts.ts'
import { resumingChanges } from '../harness/subscriber.ts'

/** A partner that keeps a copy of the wiki by the diffs that it gets, and comes back by its cursor whatever happens. */
export class PartnerCopy implements AsyncDisposable {
  readonly pages = new PageTexts()
  readonly #leaving = new AbortController()
  readonly #following: Promise<void>
  readonly #url: string
  #onChange: () => void = () => undefined

  constructor(url: string) {
    this.#url = url
    this.#following = this.#follow()
    this.#following.catch(() => this.#onChange())
  }

  /** Rejects when a change came twice, out of order, or does not fit, as it would in `pages`. */
  async untilItHas(ids: ReadonlySet<string>): Promise<void> {
    const missing = () => [...ids].some((id) => !this.pages.ids.has(id))
    while (missing()) {
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
    const query = { from: 'earliest', parts: 'core,diff' }
    for await (const { change } of resumingChanges(() => this.#url, query, this.#leaving.signal)) {
      this.pages.apply(change)
      this.#onChange()
    }
  }
}
