import { isDeepStrictEqual } from 'node:util'
import type { LogRecord } from '@freshet/change-log'
import type { Edit } from '@freshet/events'
import { type ReceivedEdit, receivedEditOf } from './edit-record.ts'
import { type MadeParts, type PartInput, partInputOf } from './parts/part-input.ts'
import type { PartMaker } from './parts/part-maker.ts'
import type { RevisionTexts, TextResult } from './revision-texts/revision-texts.ts'
import { carriedTextsOf, requestsOf, revisionKey, type TextNeed, textNeedsOf } from './text-needs.ts'

export interface UpcomingEditsOptions {
  readonly texts: Pick<RevisionTexts, 'get'>
  readonly parts: PartMaker
  readonly signal: AbortSignal
}

/**
 * Edits that are to be handled next, whose texts are asked for and whose parts are worked out while those before them are being
 * committed. Nothing is kept of them that is not theirs however it turns out: a text is the revision's whoever asks for it, and
 * parts are given only for what they were made of.
 */
export class UpcomingEdits {
  readonly #options: UpcomingEditsOptions
  readonly #received = new Map<string, ReceivedEdit>()
  /** Texts by the key of the revision: the base of an edit is often what the edit before it carries. */
  readonly #carried = new Map<string, TextResult>()
  readonly #found = new Map<string, TextResult>()
  readonly #works = new Map<string, { readonly input: PartInput; readonly made: Promise<MadeParts> }>()
  readonly #begun: Promise<void>[] = []

  constructor(options: UpcomingEditsOptions) {
    this.#options = options
  }

  add(records: readonly LogRecord[]): void {
    const received = records.map((record) => [placeOf(record), receivedEditOf(record)] as const)
    for (const [place, one] of received) this.#received.set(place, one)
    const begun = this.#begin(received.map(([, { edit }]) => edit))
    // Whoever handles them is told.
    begun.catch(() => undefined)
    this.#begun.push(begun)
  }

  /** undefined when it is none of them. */
  received(record: LogRecord): ReceivedEdit | undefined {
    return this.#received.get(placeOf(record))
  }

  /** Those that were asked for, by the key of the revision. */
  async texts(): Promise<ReadonlyMap<string, TextResult>> {
    await Promise.all(this.#begun)
    return this.#found
  }

  /** The parts of an edit made of this input, once the texts are there; undefined when none were made of it. */
  parts(editId: string, input: PartInput): Promise<MadeParts> | undefined {
    const work = this.#works.get(editId)
    return work !== undefined && isDeepStrictEqual(work.input, input) ? work.made : undefined
  }

  async #begin(edits: readonly Edit[]): Promise<void> {
    for (const { wiki, revisionId, text } of carriedTextsOf(edits))
      this.#carried.set(revisionKey(wiki, revisionId), { status: 'available', text })
    await this.#ask(edits)
    for (const edit of edits) {
      const { base, text } = textNeedsOf(edit)
      const input = partInputOf(edit, this.#resultOf(edit, base), this.#resultOf(edit, text))
      const made = this.#options.parts.make(input)
      made.catch(() => undefined)
      this.#works.set(edit.id, { input, made })
    }
  }

  async #ask(edits: readonly Edit[]): Promise<void> {
    const { texts, signal } = this.#options
    const requests = [...requestsOf(edits)].filter(
      ([key]) => !this.#carried.has(key) && !this.#found.has(key),
    )
    const results = await texts.get(
      requests.map(([, request]) => request),
      signal,
    )
    for (const [index, [key]] of requests.entries()) this.#found.set(key, results[index] as TextResult)
  }

  #resultOf({ wiki }: Edit, need: TextNeed): TextResult {
    if (need.type === 'known') return need.result
    const key = revisionKey(wiki, need.request.revisionId)
    return (this.#carried.get(key) ?? this.#found.get(key)) as TextResult
  }
}

function placeOf({ partition, offset }: LogRecord): string {
  return `${partition}/${offset}`
}
