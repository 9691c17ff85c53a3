import { setTimeout as sleep } from 'node:timers/promises'
import { postUntilAcknowledged } from '../harness/post-edits.ts'
import { WikiEdits } from '../harness/wiki-edits.ts'
import type { Stalls } from './kafka-stalls.ts'

const POSTERS = 10
const PAGES_PER_POSTER = 6
const REVISIONS_PER_POSTER = 10_000_000
/** A node that does not answer for so long is left for another. */
const ANSWER_MS_MAX = 4_000

/** The revisions of a page, all of which are to arrive. */
export interface PageRevisions {
  readonly first: number
  readonly step: number
}

export interface EditLoadOptions {
  readonly urls: readonly string[]
  readonly editsPerSecond: number
  readonly stalls: Stalls
  /** Ends the load with edits under way. */
  readonly giveUp: AbortSignal
}

/**
 * Wikis that post at an even rate, each to the node that answered it last. A page has one edit under way at a time, so
 * that the order of its changes is known; after a stall they post what they are behind with.
 */
export class EditLoad {
  acknowledged = 0
  readonly #options: EditLoadOptions
  readonly #wikis = Array.from({ length: POSTERS }, (_, poster) => {
    const pages = Array.from(
      { length: PAGES_PER_POSTER },
      (_, index) => 1 + poster * PAGES_PER_POSTER + index,
    )
    return new WikiEdits(pages, 1 + poster * REVISIONS_PER_POSTER)
  })
  /** By page, the last revision that was acknowledged. */
  readonly #lastRevisions = new Map<number, number>()

  constructor(options: EditLoadOptions) {
    this.#options = options
  }

  revisionsOf(page: number): PageRevisions {
    const poster = Math.floor((page - 1) / PAGES_PER_POSTER)
    return {
      first: 1 + poster * REVISIONS_PER_POSTER + ((page - 1) % PAGES_PER_POSTER),
      step: PAGES_PER_POSTER,
    }
  }

  get lastRevisions(): ReadonlyMap<number, number> {
    return this.#lastRevisions
  }

  textOf(page: number): string {
    return this.#wikis[Math.floor((page - 1) / PAGES_PER_POSTER)]?.textOf(page) ?? ''
  }

  /** Until the signal aborts; what is under way is acknowledged before it resolves. Rejects when edits are refused. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(this.#wikis.map((wiki, poster) => this.#post(wiki, poster, signal)))
    } catch (error) {
      if (!this.#options.giveUp.aborted) throw error
    }
  }

  async #post(wiki: WikiEdits, poster: number, signal: AbortSignal): Promise<void> {
    const { urls, editsPerSecond, stalls, giveUp } = this.#options
    const intervalMs = (POSTERS * PAGES_PER_POSTER * 1_000) / editsPerSecond
    let attempts = poster
    const urlOf = () => urls[attempts++ % urls.length] ?? ''
    let dueAtMs = performance.now() + (poster / POSTERS) * intervalMs
    for (;;) {
      await sleep(Math.max(0, dueAtMs - performance.now()), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      dueAtMs += intervalMs
      const sentAtMs = performance.now()
      const edits = wiki.nextRound()
      await postUntilAcknowledged({ urlOf, answerMsMax: ANSWER_MS_MAX, giveUp }, edits)
      // The one that answered is asked again.
      attempts--
      stalls.acknowledgedAfter(performance.now() - sentAtMs)
      this.acknowledged += edits.length
      for (const { page, revision } of edits) this.#lastRevisions.set(page.id, revision.id)
    }
  }
}
