import { type Edit, editIdOf, type PriorRevision, type Revision } from '@freshet/events'
import { LoopExhaustedError } from './edit-source-error.ts'

/** What ids and times a recording spans; every lap is moved by so much against the one before. */
export interface RecordingSpan {
  readonly revisionIds: Range
  readonly pageIds: Range
  readonly timesMs: Range
}

export interface Range {
  readonly min: number
  readonly max: number
}

/** Ids name edits to a second, so laps are a whole number of seconds apart, and one more. */
const SECOND_MS = 1_000
/** Times have four digits for the year. */
const TIME_MS_MAX = Date.parse('9999-12-31T23:59:59Z')

/** Finds out the span of a recording, edit by edit. */
export class SpanMeter {
  readonly #revisionIds = new Extent()
  readonly #pageIds = new Extent()
  readonly #timesMs = new Extent()

  add(edit: Edit): void {
    // What is referred to counts as well: an old revision, moved into the range of an earlier lap, would be found there.
    mapEdit(edit, {
      revisionId: (id) => this.#revisionIds.add(id),
      pageId: (id) => this.#pageIds.add(id),
      time: (time) => time,
    })
    this.#timesMs.add(Date.parse(edit.editedAt))
  }

  get span(): RecordingSpan {
    const { range: revisionIds } = this.#revisionIds
    return { revisionIds, pageIds: this.#pageIds.range, timesMs: this.#timesMs.range }
  }
}

/**
 * The edit as it happens in lap `lap` of a looped recording. A lap is another wiki history with the same contents: all
 * revision ids, page ids and times, and all references to them, are moved by a multiple of the recording's span. So no
 * edit has the id of an edit of another lap, and within a lap every base is the one that the recording had.
 *
 * Titles, names and texts stay. Edits without a page id stay with their title, so that a page of `recentchange` is
 * created anew in every lap.
 *
 * @throws LoopExhaustedError when ids leave the safe integers or times the year 9999
 */
export function editInLap(edit: Edit, span: RecordingSpan, lap: number): Edit {
  const shiftRevisions = lap * (span.revisionIds.max - span.revisionIds.min + 1)
  const shiftPages = lap * (span.pageIds.max - span.pageIds.min + 1)
  const shiftMs = lap * lapDurationMs(span)
  const lastMs = span.timesMs.max + shiftMs
  const lastId = Math.max(span.revisionIds.max + shiftRevisions, span.pageIds.max + shiftPages)
  if (lastMs > TIME_MS_MAX || lastId > Number.MAX_SAFE_INTEGER) {
    throw new LoopExhaustedError(`lap ${lap} of the recording would leave the range of ids or times`)
  }
  const moved = mapEdit(edit, {
    revisionId: (id) => id + shiftRevisions,
    pageId: (id) => id + shiftPages,
    time: (time) => new Date(Date.parse(time) + shiftMs).toISOString(),
  })
  return { ...moved, id: editIdOf(moved) }
}

export function lapDurationMs({ timesMs }: RecordingSpan): number {
  return Math.ceil((timesMs.max - timesMs.min) / SECOND_MS) * SECOND_MS + SECOND_MS
}

class Extent {
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  add(value: number): number {
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    return value
  }

  get range(): Range {
    return this.#min > this.#max ? { min: 0, max: 0 } : { min: this.#min, max: this.#max }
  }
}

interface Mapping {
  readonly revisionId: (id: number) => number
  readonly pageId: (id: number) => number
  readonly time: (time: string) => string
}

function mapEdit(edit: Edit, mapping: Mapping): Edit {
  const { page, priorPage, createdRedirect, revision, priorRevision, revert, source } = edit
  const { revisionId, time } = mapping
  return {
    ...edit,
    page: withPageId(page, mapping),
    priorPage: priorPage && withPageId(priorPage, mapping),
    createdRedirect: createdRedirect && withPageId(createdRedirect, mapping),
    revision: revision && mapRevision(revision, mapping),
    priorRevision: priorRevision && mapPriorRevision(priorRevision, mapping),
    revert: revert && {
      ...revert,
      revertedRevisionIds: revert.revertedRevisionIds.map(revisionId),
      restoredRevisionId: revert.restoredRevisionId && revisionId(revert.restoredRevisionId),
    },
    editedAt: time(edit.editedAt),
    source: source && { ...source, emittedAt: source.emittedAt && time(source.emittedAt) },
  }
}

function withPageId<P extends { readonly id: null | number }>(page: P, { pageId }: Mapping): P {
  return { ...page, id: page.id && pageId(page.id) }
}

function mapRevision(revision: Revision, mapping: Mapping): Revision {
  const { revisionId, time } = mapping
  return {
    ...revision,
    id: revisionId(revision.id),
    // 0 says that there is no parent.
    parentId: revision.parentId && revisionId(revision.parentId),
    timestamp: revision.timestamp && time(revision.timestamp),
    slots: mapSlots(revision.slots, mapping),
  }
}

function mapPriorRevision(revision: PriorRevision, mapping: Mapping): PriorRevision {
  const { id, parentId, timestamp, slots } = revision
  const { revisionId, time } = mapping
  return {
    ...revision,
    ...(id !== undefined && { id: revisionId(id) }),
    ...(parentId !== undefined && { parentId: parentId && revisionId(parentId) }),
    ...(timestamp !== undefined && { timestamp: time(timestamp) }),
    ...(slots !== undefined && { slots: mapSlots(slots, mapping) }),
  }
}

function mapSlots(slots: Revision['slots'], { revisionId }: Mapping): Revision['slots'] {
  return Object.fromEntries(
    Object.entries(slots).map(([role, slot]) => [
      role,
      { ...slot, originRevisionId: slot.originRevisionId && revisionId(slot.originRevisionId) },
    ]),
  )
}
