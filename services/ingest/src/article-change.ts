import { type NewRecord, RECORD_BYTES_MAX } from '@freshet/change-log'
import {
  attributesOf,
  type Core,
  changeRecordOf,
  type Edit,
  type EncodedParts,
  encodeParts,
  partitionKeyOf,
  type Unavailable,
} from '@freshet/events'
import { licenseOf, permalinkOf } from './attribution.ts'

export interface ArticleChangeTimes {
  readonly receivedAt: string
  readonly publishedAt: string
}

/** A record, less room for its key and headers. */
const CHANGE_BYTES_MAX = RECORD_BYTES_MAX - 256 * 1024
const TOO_LARGE = JSON.stringify({
  unavailable: { revision: 'new', reason: 'too_large' },
} satisfies Unavailable)

/** An article change as it lies on the topic `changes`. `parts` are JSON texts by name, without `core`. */
export function articleChangeRecord(
  edit: Edit,
  times: ArticleChangeTimes,
  parts: ReadonlyMap<string, string>,
): NewRecord {
  return changeRecordOf({
    id: edit.id,
    key: partitionKeyOf(edit),
    attributes: attributesOf(edit),
    parts: encodeWithinBound(JSON.stringify(coreOf(edit, times)), parts),
  })
}

/** Of an event that is too large for the log the largest parts say so instead. */
function encodeWithinBound(core: string, parts: ReadonlyMap<string, string>): EncodedParts {
  const encoded = encodeParts(core, parts)
  if (encoded.value.length <= CHANGE_BYTES_MAX || parts.size === 0) return encoded
  const [largest] = [...parts].reduce((one, other) => (other[1].length > one[1].length ? other : one))
  return encodeWithinBound(core, new Map([...parts, [largest, TOO_LARGE]]))
}

function coreOf(edit: Edit, { receivedAt, publishedAt }: ArticleChangeTimes): Core {
  return {
    id: edit.id,
    kind: edit.kind,
    wiki: edit.wiki,
    domain: edit.domain,
    project: edit.project,
    language: edit.language,
    page: edit.page,
    priorPage: edit.priorPage,
    createdRedirect: edit.createdRedirect,
    revision: edit.revision,
    priorRevision: edit.priorRevision,
    performer: edit.performer,
    comment: edit.comment,
    revert: edit.revert,
    times: { edited: edit.editedAt, received: receivedAt, published: publishedAt },
    attribution: {
      title: edit.page.title,
      permalink: permalinkOf(edit),
      license: edit.license ?? licenseOf(edit),
    },
  }
}
