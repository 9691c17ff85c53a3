import { isDeepStrictEqual } from 'node:util'
import type { LogRecord } from '@freshet/change-log'
import type { Edit } from '@freshet/events'
import { type ReceivedEdit, receivedEditOf } from './edit-record.ts'
import { type MadeParts, type PartInput, partInputOf } from './parts/part-input.ts'
import type { PartMaker } from './parts/part-maker.ts'
import type { RevisionTexts, TextResult } from './revision-texts/revision-texts.ts'
import { carriedTextsOf, requestsOf, revisionKey, type TextNeed, textNeedsOf } from './text-needs.ts'

export interface UpcomingEditsOptions {
  readonly texts: RevisionTexts
  readonly parts: PartMaker
  readonly signal: AbortSignal
}

/**
 * Edits that are to be handled next, whose texts are asked for and whose parts are worked out while those before them are being
 * committed. Nothing is kept of them that is not theirs however it turns out: a text is the revision's whoever asks for it, and
 * parts are given only for what they were made of.
 */
export class UpcomingEdits {
  readonly #received: ReadonlyMap<string, ReceivedEdit>
  readonly #texts: Promise<ReadonlyMap<string, TextResult>>
  readonly #works = new Map<string, { readonly input: PartInput; readonly made: Promise<MadeParts> }>()

  constructor(records: readonly LogRecord[], options: UpcomingEditsOptions) {
    this.#received = new Map(records.map((record) => [placeOf(record), receivedEditOf(record)]))
    this.#texts = this.#begin(options)
    // Whoever handles them is told.
    this.#texts.catch(() => undefined)
  }

  /** undefined when it is none of them. */
  received(record: LogRecord): ReceivedEdit | undefined {
    return this.#received.get(placeOf(record))
  }

  /** Those that were asked for, by the key of the revision. */
  texts(): Promise<ReadonlyMap<string, TextResult>> {
    return this.#texts
  }

  /** The parts of an edit made of this input, once the texts are there; undefined when none were made of it. */
  parts(editId: string, input: PartInput): Promise<MadeParts> | undefined {
    const work = this.#works.get(editId)
    return work !== undefined && isDeepStrictEqual(work.input, input) ? work.made : undefined
  }

  async #begin({ texts, parts, signal }: UpcomingEditsOptions): Promise<ReadonlyMap<string, TextResult>> {
    const edits = [...this.#received.values()].map(({ edit }) => edit)
    const carried = carriedTexts(edits)
    const requests = [...requestsOf(edits)].filter(([key]) => !carried.has(key))
    const results = await texts.get(
      requests.map(([, request]) => request),
      signal,
    )
    const found = new Map(requests.map(([key], index) => [key, results[index] as TextResult]))
    for (const edit of edits) {
      const find = (need: TextNeed) => resultOf(need, carried, found)
      const { base, text } = textNeedsOf(edit)
      const input = partInputOf(edit, find(base), find(text))
      const made = parts.make(input)
      made.catch(() => undefined)
      this.#works.set(edit.id, { input, made })
    }
    return found
  }
}

function placeOf({ partition, offset }: LogRecord): string {
  return `${partition}/${offset}`
}

/** The base of an edit is often what the edit before it carries. */
function carriedTexts(edits: readonly Edit[]): ReadonlyMap<string, TextResult> {
  return new Map(
    carriedTextsOf(edits).map(({ wiki, revisionId, text }) => [
      revisionKey(wiki, revisionId),
      { status: 'available', text },
    ]),
  )
}

function resultOf(need: TextNeed, ...maps: readonly ReadonlyMap<string, TextResult>[]): TextResult {
  if (need.type === 'known') return need.result
  const key = revisionKey(need.request.wiki, need.request.revisionId)
  const result = maps.map((map) => map.get(key)).find((found) => found !== undefined)
  return result as TextResult
}
