import type { NewRecord, TopicSpec } from '@freshet/change-log'
import { type Attributes, CHANGES_TOPIC, changeRecordOf, encodeParts } from '@freshet/events'
import { SOME_ATTRIBUTES } from './some-attributes.ts'

/** A change as ingest would have appended it, with a diff of the size asked for. */
export function changeRecord(id: string, attributes: Partial<Attributes>, diffBytes = 10): NewRecord {
  const known = { ...SOME_ATTRIBUTES, ...attributes }
  const diff = JSON.stringify('x'.repeat(diffBytes))
  return changeRecordOf({
    id,
    key: `${known.wiki}:${known.page}`,
    attributes: known,
    parts: encodeParts(JSON.stringify({ id, kind: known.kind }), new Map([['diff', diff]])),
  })
}

export function changesTopic(partitions: number, retentionBytes: number | undefined): TopicSpec {
  return { name: CHANGES_TOPIC, partitions, cleanup: 'delete', retentionMs: undefined, retentionBytes }
}
