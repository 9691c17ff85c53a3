import type { TextUnavailableReason } from '@freshet/events'
import type { RevisionText } from './revision-answer.ts'

/** What the wiki has to say about one revision, before anyone's expectations are compared with it. */
export type WikiText =
  | { readonly status: 'available'; readonly text: RevisionText }
  | { readonly status: 'unavailable'; readonly reason: TextUnavailableReason }

/** How many answers that make no sense are taken for one revision. Past it: temporarily unavailable. */
export const FAULTY_ANSWERS_MAX = 4

/** A revision that a wiki is being asked for, and what came of it so far. */
export class PendingRevision {
  readonly revisionId: number
  readonly deadlineMs: number
  readonly text: Promise<WikiText>
  /** No answer yet, whether or not it failed. */
  isNew = true
  faultyAnswers = 0
  missingAnswers = 0
  /** When the wiki first said that it has no such revision. */
  missingSinceMs: number | undefined
  readonly #settle: PromiseWithResolvers<WikiText> = Promise.withResolvers()

  constructor(revisionId: number, deadlineMs: number) {
    this.revisionId = revisionId
    this.deadlineMs = deadlineMs
    this.text = this.#settle.promise
    // Whoever asked may have stopped waiting; a rejection is then nobody's business.
    this.text.catch(() => {})
  }

  resolve(text: WikiText): void {
    this.#settle.resolve(text)
  }

  reject(error: unknown): void {
    this.#settle.reject(error)
  }
}
