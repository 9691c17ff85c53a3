import type {
  KeptRevisionTexts,
  KeptText,
  RevisionRequest,
  RevisionTexts,
  TextResult,
} from './revision-texts.ts'
import { sha1Base36 } from './text-digest.ts'
import type { TextStore } from './text-store.ts'

export interface StoredRevisionTextsOptions {
  readonly store: TextStore
  /** Asked for what the store does not have. */
  readonly upstream: RevisionTexts
}

export interface StoredRevisionTextsStats {
  readonly storeHits: number
  readonly storeMisses: number
  /** Bytes in use on disk. */
  readonly storeBytes: number
}

/**
 * A bounded store on disk in front of other texts. It keeps what passes through it, and what edits bring along, so that
 * the base of a page's next edit is usually there. Owns the store and its upstream: disposing of it disposes of both.
 */
export class StoredRevisionTexts implements KeptRevisionTexts {
  readonly #store: TextStore
  readonly #upstream: RevisionTexts
  /** Per `get` that waits for the upstream, what was forgotten meanwhile. */
  readonly #forgottenMeanwhile = new Set<Set<string>>()
  #hits = 0
  #misses = 0

  constructor(options: StoredRevisionTextsOptions) {
    this.#store = options.store
    this.#upstream = options.upstream
  }

  get stats(): StoredRevisionTextsStats {
    return { storeHits: this.#hits, storeMisses: this.#misses, storeBytes: this.#store.usedBytes }
  }

  async get(requests: readonly RevisionRequest[], signal: AbortSignal): Promise<readonly TextResult[]> {
    signal.throwIfAborted()
    const stored = requests.map((request) => this.#find(request))
    const missed = requests.filter((_, index) => stored[index] === undefined)
    this.#hits += requests.length - missed.length
    this.#misses += missed.length
    const answered = missed.length === 0 ? [] : await this.#ask(missed, signal)
    const answers = answered.values()
    return stored.map((result) => result ?? (answers.next().value as TextResult))
  }

  /** Keeps texts that came another way, such as with their edits. */
  remember(texts: readonly KeptText[]): void {
    if (texts.length > 0) this.#store.store(texts)
  }

  /**
   * Deletes texts that were suppressed, and lets none in that is under way at this moment. Throws when the store
   * cannot be written to; they are then still in it.
   */
  forget(wiki: string, revisionIds: readonly number[]): void {
    for (const forgotten of this.#forgottenMeanwhile) {
      for (const revisionId of revisionIds) forgotten.add(keyOf({ wiki, revisionId }))
    }
    this.#store.erase(wiki, revisionIds)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#upstream[Symbol.asyncDispose]()
    this.#store.close()
  }

  #find({ wiki, revisionId, sha1 }: RevisionRequest): TextResult | undefined {
    const text = this.#store.find(wiki, revisionId)
    if (text === undefined) return undefined
    if (sha1 === undefined || sha1 === sha1Base36(text)) return { status: 'available', text }
    // Either the text or the expectation is wrong. The wiki decides, and the store takes what it says.
    this.#store.drop(wiki, revisionId)
    return undefined
  }

  async #ask(requests: readonly RevisionRequest[], signal: AbortSignal): Promise<readonly TextResult[]> {
    const forgotten = new Set<string>()
    this.#forgottenMeanwhile.add(forgotten)
    try {
      const answers = await this.#upstream.get(requests, signal)
      const results = requests.map((request, index): TextResult => {
        const isForgotten = forgotten.has(keyOf(request))
        return isForgotten ? { status: 'unavailable', reason: 'suppressed' } : (answers[index] as TextResult)
      })
      this.remember(requests.flatMap((request, index) => entryOf(request, results[index])))
      return results
    } finally {
      this.#forgottenMeanwhile.delete(forgotten)
    }
  }
}

function entryOf({ wiki, revisionId }: RevisionRequest, result: TextResult | undefined): KeptText[] {
  return result?.status === 'available' ? [{ wiki, revisionId, text: result.text }] : []
}

function keyOf({ wiki, revisionId }: { wiki: string; revisionId: number }): string {
  return `${wiki}:${revisionId}`
}
