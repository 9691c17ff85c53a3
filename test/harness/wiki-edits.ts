/** Older lines are dropped, so that the pages of a long run do not grow for ever. */
const LINES_MAX = 40

/**
 * The edits of some pages of a wiki, each page edited once in every round. The revisions of a page are `pages.length` apart. Every text is the
 * one before and one line more.
 */
export class WikiEdits {
  readonly pages: readonly number[]
  readonly #lines = new Map<number, readonly string[]>()
  #nextRevisionId: number

  constructor(pages: readonly number[], firstRevisionId: number) {
    this.pages = pages
    this.#nextRevisionId = firstRevisionId
  }

  textOf(page: number): string {
    return this.#lines.get(page)?.join('') ?? ''
  }

  nextRound(): readonly PostedEdit[] {
    return this.pages.map((page) => this.#nextEdit(page))
  }

  #nextEdit(page: number): PostedEdit {
    const before = this.#lines.get(page)
    const id = this.#nextRevisionId++
    this.#lines.set(page, [...(before ?? []), `Line ${id} of page ${page}.\n`].slice(-LINES_MAX))
    return {
      kind: before === undefined ? 'create' : 'edit',
      wiki: 'testwiki',
      page: { id: page, title: `Page ${page}`, namespace: 0 },
      revision: { id, parentId: before === undefined ? 0 : id - this.pages.length },
      editedAt: new Date().toISOString(),
      text: this.textOf(page),
    }
  }
}

/** An edit as `POST /v1/edits` takes it. */
export interface PostedEdit {
  readonly kind: 'create' | 'edit'
  readonly wiki: string
  readonly page: { readonly id: number; readonly title: string; readonly namespace: number }
  readonly revision: { readonly id: number; readonly parentId: number }
  readonly editedAt: string
  readonly text: string
}
