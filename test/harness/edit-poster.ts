import { setTimeout as sleep } from 'node:timers/promises'

const RETRY_DELAY_MS = 10

/**
 * A wiki that posts the edits of some pages, one after the other on each page, and sends each again until it is
 * acknowledged. Every text is the one before and one line more.
 */
export class EditPoster {
  readonly #urlOf: () => string
  readonly #pages: readonly number[]
  /** The ids that were acknowledged. */
  readonly acknowledged = new Set<string>()
  readonly #texts = new Map<number, string>()
  #nextRevisionId: number

  constructor(urlOf: () => string, pages: readonly number[], firstRevisionId: number) {
    this.#urlOf = urlOf
    this.#pages = pages
    this.#nextRevisionId = firstRevisionId
  }

  /** Until the signal aborts; the edits under way are acknowledged before it resolves. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const edits = this.#pages.map((page) => this.#nextEdit(page))
      for (const id of await this.#post(edits)) this.acknowledged.add(id)
    }
  }

  #nextEdit(page: number) {
    const before = this.#texts.get(page)
    const id = this.#nextRevisionId++
    const text = `${before ?? ''}Line ${id} of page ${page}.\n`
    this.#texts.set(page, text)
    const parentId = before === undefined ? 0 : id - this.#pages.length
    return {
      kind: before === undefined ? 'create' : 'edit',
      wiki: 'testwiki',
      page: { id: page, title: `Page ${page}`, namespace: 0 },
      revision: { id, parentId },
      editedAt: new Date().toISOString(),
      text,
    }
  }

  async #post(edits: readonly object[]): Promise<readonly string[]> {
    for (;;) {
      try {
        const response = await fetch(`${this.#urlOf()}/v1/edits`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(edits),
        })
        if (response.status === 201) return ((await response.json()) as { ids: string[] }).ids
        if (response.status < 500) throw new Refusal(await response.text())
      } catch (error) {
        if (error instanceof Refusal) throw error
      }
      await sleep(RETRY_DELAY_MS)
    }
  }
}

/** The edits are wrong, so that sending them again is of no use. */
class Refusal extends Error {
  override readonly name = 'Refusal'
}
