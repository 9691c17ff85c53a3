import { PageTexts } from '../harness/page-texts.ts'
import { type ReceivedChange, resumingChanges } from '../harness/subscriber.ts'
import type { PageRevisions } from './kafka-edit-load.ts'
import type { Stalls } from './kafka-stalls.ts'

export interface ClusterSubscriberOptions {
  readonly name: string
  /** Fan-out nodes, the one to begin with first. It goes round when a connection ends. */
  readonly urls: readonly string[]
  readonly revisionsOf: (page: number) => PageRevisions
  /** Whether it keeps the texts as well, by their diffs. */
  readonly keepsTexts: boolean
  readonly stalls: Stalls
}

/**
 * A partner that has to get every revision of every page, once and in order, over whatever node: it knows which one is next, so that
 * anything else is a violation at once.
 */
export class ClusterSubscriber {
  readonly name: string
  deliveries = 0
  readonly #options: ClusterSubscriberOptions
  readonly #texts: PageTexts | undefined
  readonly #lastRevisions = new Map<number, number>()
  readonly #lastAtMs = new Map<number, number>()

  constructor(options: ClusterSubscriberOptions) {
    this.name = options.name
    this.#options = options
    this.#texts = options.keepsTexts ? new PageTexts() : undefined
  }

  /** Until the signal aborts. Rejects with the first violation. */
  async run(signal: AbortSignal): Promise<void> {
    const { urls, keepsTexts } = this.#options
    let attempts = 0
    const urlOf = () => urls[attempts++ % urls.length] ?? ''
    const query = { from: 'earliest', parts: keepsTexts ? 'core,diff,wikitext' : 'core' }
    try {
      for await (const { change } of resumingChanges(urlOf, query, signal)) this.#take(change)
    } catch (error) {
      throw new Error(`${this.name}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  }

  /** What is missing of these revisions, by page; undefined when it has them all. */
  missing(lastRevisions: ReadonlyMap<number, number>): string | undefined {
    for (const [page, revision] of lastRevisions) {
      const last = this.#lastRevisions.get(page) ?? 0
      if (last < revision) return `page ${page} is at ${last}, and ${revision} was acknowledged`
    }
    return undefined
  }

  /** The text of a page, where texts are kept. */
  textOf(page: number): string | undefined {
    return this.#texts?.text(`testwiki:${page}`)
  }

  #take(change: ReceivedChange): void {
    const page = change.page.id ?? 0
    const revision = change.revision?.id ?? 0
    const last = this.#lastRevisions.get(page)
    const { first, step } = this.#options.revisionsOf(page)
    const next = last === undefined ? first : last + step
    if (revision !== next) throw new Error(`page ${page} got ${revision} where ${next} is next`)
    this.#lastRevisions.set(page, revision)
    this.deliveries++
    this.#texts?.apply(change)
    const nowMs = performance.now()
    this.#options.stalls.deliveredAfter(nowMs - (this.#lastAtMs.get(page) ?? nowMs))
    this.#lastAtMs.set(page, nowMs)
  }
}
