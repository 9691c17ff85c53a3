import { TEXT_BYTES_MAX, type TextUnavailableReason } from '@freshet/events'
import type { RevisionRequest, RevisionTexts, TextResult } from './revision-texts.ts'
import { sha1Base36 } from './text-digest.ts'

/** Texts from memory: a wiki of which everything is known. What was never put is deleted. */
export class InMemoryRevisionTexts implements RevisionTexts {
  readonly #texts = new Map<string, TextResult>()

  put(wiki: string, revisionId: number, text: string): void {
    this.#texts.set(keyOf(wiki, revisionId), { status: 'available', text })
  }

  /** From now on there is no text, and this is why. */
  withhold(wiki: string, revisionId: number, reason: TextUnavailableReason): void {
    this.#texts.set(keyOf(wiki, revisionId), { status: 'unavailable', reason })
  }

  async get(requests: readonly RevisionRequest[], signal: AbortSignal): Promise<readonly TextResult[]> {
    signal.throwIfAborted()
    return requests.map((request) => this.#find(request))
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #find({ wiki, revisionId, sha1 }: RevisionRequest): TextResult {
    const result = this.#texts.get(keyOf(wiki, revisionId))
    if (result === undefined) return { status: 'unavailable', reason: 'deleted' }
    if (result.status === 'unavailable') return result
    if (Buffer.byteLength(result.text) > TEXT_BYTES_MAX) return { status: 'unavailable', reason: 'too_large' }
    if (sha1 !== undefined && sha1 !== sha1Base36(result.text)) {
      return { status: 'unavailable', reason: 'digest_mismatch' }
    }
    return result
  }
}

function keyOf(wiki: string, revisionId: number): string {
  return `${wiki}:${revisionId}`
}
