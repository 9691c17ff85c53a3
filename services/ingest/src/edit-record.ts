import { type LogRecord, type NewRecord, RECORD_BYTES_MAX } from '@freshet/change-log'
import { EDITS_TOPIC, type Edit, partitionKeyOf, RECEIVED_HEADER } from '@freshet/events'

/** Largest edit as JSON: a record, less room for its key and headers. */
export const EDIT_BYTES_MAX = RECORD_BYTES_MAX - 64 * 1024

/** An edit as it lies on the topic `edits`. */
export function editRecord(edit: Edit, receivedAt: string): NewRecord {
  return {
    topic: EDITS_TOPIC,
    key: partitionKeyOf(edit),
    headers: { [RECEIVED_HEADER]: Buffer.from(receivedAt) },
    value: Buffer.from(JSON.stringify(edit)),
  }
}

export interface ReceivedEdit {
  readonly edit: Edit
  readonly receivedAt: string
}

/** The inverse. It was validated before it was appended, so it is not validated again. */
export function receivedEditOf(record: LogRecord): ReceivedEdit {
  const received = record.headers[RECEIVED_HEADER]
  if (record.value === null || received === undefined) {
    throw new Error(`${record.topic}/${record.partition} offset ${record.offset} is no edit`)
  }
  return {
    edit: JSON.parse(Buffer.from(record.value).toString()) as Edit,
    receivedAt: Buffer.from(received).toString(),
  }
}
