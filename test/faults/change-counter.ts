import { setTimeout as sleep } from 'node:timers/promises'
import { resumingChanges } from '../harness/subscriber.ts'

const LOOK_INTERVAL_MS = 10

/** A partner that comes back with its cursor, and fails on a change that it has, or that is out of order within its page. */
export class ChangeCounter {
  readonly #ids = new Set<string>()
  readonly #newestOfPage = new Map<number, number>()
  readonly #stop = new AbortController()
  readonly #reading: Promise<void>
  #failure: unknown

  /** `urlOf` is asked at every connection. */
  constructor(urlOf: () => string, query: Readonly<Record<string, string>>) {
    this.#reading = this.#read(urlOf, query).catch((error) => {
      this.#failure = error
    })
  }

  get count(): number {
    return this.#ids.size
  }

  /** Resolves when so many changes have come; rejects when one came twice or out of order. */
  async has(count: number): Promise<void> {
    while (this.#ids.size < count && this.#failure === undefined) await sleep(LOOK_INTERVAL_MS)
    if (this.#failure !== undefined) throw this.#failure
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#reading
    if (this.#failure !== undefined) throw this.#failure
  }

  async #read(urlOf: () => string, query: Readonly<Record<string, string>>): Promise<void> {
    for await (const { change } of resumingChanges(urlOf, query, this.#stop.signal)) {
      const { id, page } = change
      if (this.#ids.has(id)) throw new Error(`${id} came twice`)
      this.#ids.add(id)
      const number = Number(id.slice(1))
      const pageId = Number(page.id)
      if (number < (this.#newestOfPage.get(pageId) ?? -1)) throw new Error(`${id} came out of order`)
      this.#newestOfPage.set(pageId, number)
    }
  }
}
