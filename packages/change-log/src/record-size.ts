import { APPEND_BYTES_MAX, type NewRecord, RECORD_BYTES_MAX } from './change-log.ts'
import { RecordTooLargeError } from './errors.ts'

/** Key, headers and value together, in bytes. */
export function recordBytes(record: NewRecord): number {
  let bytes = Buffer.byteLength(record.key) + (record.value?.byteLength ?? 0)
  for (const name in record.headers) {
    bytes += Buffer.byteLength(name) + (record.headers[name]?.byteLength ?? 0)
  }
  return bytes
}

/**
 * The bytes of all records. Throws `RecordTooLargeError` for a record over `RECORD_BYTES_MAX`, and when they are more than
 * `APPEND_BYTES_MAX` together.
 */
export function checkedBytes(records: readonly NewRecord[]): number {
  let total = 0
  for (const record of records) {
    const bytes = recordBytes(record)
    if (bytes > RECORD_BYTES_MAX) {
      throw new RecordTooLargeError(
        `a record of ${bytes} bytes for ${record.topic}: a record has at most ${RECORD_BYTES_MAX} bytes`,
      )
    }
    total += bytes
  }
  if (total > APPEND_BYTES_MAX) {
    throw new RecordTooLargeError(`${total} bytes in one append: it takes at most ${APPEND_BYTES_MAX} bytes`)
  }
  return total
}
