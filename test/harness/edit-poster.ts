import { postUntilAcknowledged } from './post-edits.ts'
import { WikiEdits } from './wiki-edits.ts'

const ANSWER_MS_MAX = 60_000

/** A wiki that posts the edits of some pages, one after the other on each page, and sends each again until it is acknowledged. */
export class EditPoster {
  readonly #urlOf: () => string
  readonly #edits: WikiEdits
  /** The ids that were acknowledged. */
  readonly acknowledged = new Set<string>()

  constructor(urlOf: () => string, pages: readonly number[], firstRevisionId: number) {
    this.#urlOf = urlOf
    this.#edits = new WikiEdits(pages, firstRevisionId)
  }

  /** Until the signal aborts; the edits under way are acknowledged before it resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const intake = { urlOf: this.#urlOf, answerMsMax: ANSWER_MS_MAX, giveUp: undefined }
    while (!signal.aborted) {
      const ids = await postUntilAcknowledged(intake, this.#edits.nextRound())
      for (const id of ids) this.acknowledged.add(id)
    }
  }
}
