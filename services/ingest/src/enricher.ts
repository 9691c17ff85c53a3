import type { ChangeLog, LogRecord, NewRecord, ProcessContext, ProcessResult } from '@freshet/change-log'
import { EDITS_TOPIC, type Edit } from '@freshet/events'
import { articleChangeRecord } from './article-change.ts'
import { type ChangeIndex, pageRevisionOf } from './change-index.ts'
import { type ReceivedEdit, receivedEditOf } from './edit-record.ts'
import { retryWhileLogUnavailable } from './log-retry.ts'
import { onChangePublished, onRepeatsDropped, onTextUnavailable } from './metrics.ts'
import { type MadeParts, type PartInput, partInputOf } from './parts/part-input.ts'
import type { PartMaker } from './parts/part-maker.ts'
import { Reverts } from './reverts.ts'
import type { KeptRevisionTexts, RevisionRequest, TextResult } from './revision-texts/revision-texts.ts'
import { withTextMeasures } from './text-measures.ts'
import { carriedTextsOf, requestsOf, revisionKey, type TextNeed, textNeedsOf } from './text-needs.ts'
import { UpcomingEdits } from './upcoming-edits.ts'

export const ENRICHER_GROUP = 'enricher'
const BATCH_RECORDS_MAX = 200
const BATCH_BYTES_MAX = 8 * 1024 * 1024

export interface EnricherOptions {
  readonly log: ChangeLog
  readonly texts: KeptRevisionTexts
  readonly index: ChangeIndex
  readonly parts: PartMaker
}

/**
 * The loop from `edits` to `changes`: next edits → their texts → article changes → append, as one transaction with the
 * position, so that after a crash at any instant each edit has become exactly one change.
 */
export class Enricher {
  readonly #log: ChangeLog
  readonly #texts: KeptRevisionTexts
  readonly #index: ChangeIndex
  readonly #parts: PartMaker
  #generation: number | undefined
  /** Those that are most likely handled next. */
  #upcoming: UpcomingEdits | undefined
  /** When the newest edit that became a change was taken in. */
  #enrichedUpTo: string | undefined

  constructor({ log, texts, index, parts }: EnricherOptions) {
    this.#log = log
    this.#texts = texts
    this.#index = index
    this.#parts = parts
  }

  get enrichedUpTo(): string | undefined {
    return this.#enrichedUpTo
  }

  /** Runs until the signal aborts. Rejects only for what no waiting can mend. */
  async run(signal: AbortSignal): Promise<void> {
    const processing = (worked: () => void) =>
      this.#log.process({
        group: ENRICHER_GROUP,
        topic: EDITS_TOPIC,
        batchRecordsMax: BATCH_RECORDS_MAX,
        batchBytesMax: BATCH_BYTES_MAX,
        handler: async (records, context) => {
          const { append, onCommit } = await this.#enrich(records, context, signal)
          return {
            append,
            onCommit: (positions) => {
              worked()
              onCommit(positions)
            },
          }
        },
        onUpcoming: (records) => {
          this.#upcoming ??= new UpcomingEdits({ texts: this.#texts, parts: this.#parts, signal })
          this.#upcoming.add(records)
        },
        signal,
      })
    try {
      await retryWhileLogUnavailable('append article changes', processing, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #enrich(
    records: readonly LogRecord[],
    { generation }: ProcessContext,
    signal: AbortSignal,
  ): Promise<ProcessResult> {
    const upcoming = generation === this.#generation ? this.#upcoming : undefined
    this.#upcoming = undefined
    if (generation !== this.#generation) await this.#index.catchUp(signal)
    this.#generation = generation
    const all = records.map((record) => upcoming?.received(record) ?? receivedEditOf(record))
    const received = this.#completed(this.#withoutRepeats(all))
    this.#keepCarriedTexts(received)
    const texts = await this.#textsOf(received, upcoming, signal)
    const append = await this.#changesOf(received, upcoming, texts)
    return {
      append,
      onCommit: (positions) => {
        this.#index.add(
          received.map(({ edit }) => ({ id: edit.id, revision: pageRevisionOf(edit) })),
          positions,
        )
        onRepeatsDropped(records.length - received.length)
        for (const { edit, receivedAt } of received) onChangePublished(edit.kind, receivedAt)
        this.#enrichedUpTo = received.at(-1)?.receivedAt ?? this.#enrichedUpTo
      },
    }
  }

  #withoutRepeats(received: readonly ReceivedEdit[]): readonly ReceivedEdit[] {
    const ids = new Set<string>()
    return received.filter(({ edit }) => {
      if (ids.has(edit.id) || this.#index.has(edit.id)) return false
      ids.add(edit.id)
      return true
    })
  }

  /** With what can be said from the edits themselves and those before them. */
  #completed(received: readonly ReceivedEdit[]): readonly ReceivedEdit[] {
    const reverts = new Reverts(this.#index)
    return received.map((one) => ({ ...one, edit: reverts.take(withTextMeasures(one.edit)) }))
  }

  /** Before the transaction, so that the base of the next edit is there also after a crash in between. */
  #keepCarriedTexts(received: readonly ReceivedEdit[]): void {
    const carried = carriedTextsOf(received.map(({ edit }) => edit))
    if (carried.length > 0) this.#texts.remember(carried)
  }

  async #textsOf(
    received: readonly ReceivedEdit[],
    upcoming: UpcomingEdits | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, TextResult>> {
    const found = await upcoming?.texts()
    const requests = [...requestsOf(received.map(({ edit }) => edit))].filter(([key]) => !found?.has(key))
    const results = await this.#texts.get(
      requests.map(([, request]) => request),
      signal,
    )
    const asked = requests.map(([key], index) => [key, results[index] ?? NOT_ANSWERED] as const)
    return new Map([...(found ?? []), ...asked])
  }

  /** The parts of all are worked out at the same time; the changes stay in the order of the edits. */
  async #changesOf(
    received: readonly ReceivedEdit[],
    upcoming: UpcomingEdits | undefined,
    texts: ReadonlyMap<string, TextResult>,
  ): Promise<readonly NewRecord[]> {
    const hidden = new Set<string>()
    return Promise.all(
      received.map(({ edit, receivedAt }) => {
        this.#hide(edit, hidden)
        const find = (need: TextNeed) =>
          need.type === 'known' ? need.result : textIn(texts, hidden, need.request)
        const { base, text } = textNeedsOf(edit)
        const input = partInputOf(edit, find(base), find(text))
        return this.#changeOf(edit, receivedAt, input, upcoming?.parts(edit.id, input))
      }),
    )
  }

  async #changeOf(
    edit: Edit,
    receivedAt: string,
    input: PartInput,
    begun: Promise<MadeParts> | undefined,
  ): Promise<NewRecord> {
    for (const result of [input.base, input.text])
      if (result.status === 'unavailable') onTextUnavailable(result.reason)
    const parts = await (begun ?? this.#parts.make(input))
    return articleChangeRecord(edit, { receivedAt, publishedAt: new Date().toISOString() }, new Map(parts))
  }

  /** A text that was hidden is not kept, and is no base any more: its difference would show it. */
  #hide(edit: Edit, hidden: Set<string>): void {
    if (edit.revision === null || edit.revision.isContentVisible) return
    hidden.add(revisionKey(edit.wiki, edit.revision.id))
    this.#texts.forget(edit.wiki, [edit.revision.id])
  }
}

const NOT_ANSWERED: TextResult = { status: 'unavailable', reason: 'temporarily_unavailable' }
const SUPPRESSED: TextResult = { status: 'unavailable', reason: 'suppressed' }

function textIn(
  texts: ReadonlyMap<string, TextResult>,
  hidden: ReadonlySet<string>,
  { wiki, revisionId }: RevisionRequest,
): TextResult {
  const key = revisionKey(wiki, revisionId)
  return hidden.has(key) ? SUPPRESSED : (texts.get(key) ?? NOT_ANSWERED)
}
