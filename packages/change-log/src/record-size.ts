import { type NewRecord, RECORD_BYTES_MAX, TRANSACTION_BYTES_MAX } from './change-log.ts'
import { RecordTooLargeError } from './errors.ts'

/** Key, headers and value together, in bytes. */
export function recordBytes(record: NewRecord): number {
  let bytes = Buffer.byteLength(record.key) + (record.value?.byteLength ?? 0)
  for (const name in record.headers) {
    bytes += Buffer.byteLength(name) + (record.headers[name]?.byteLength ?? 0)
  }
  return bytes
}

/** Throws `RecordTooLargeError` for a record over `RECORD_BYTES_MAX`. Returns the bytes of all records. */
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
  return total
}

/** As `checkedBytes`, and throws for a transaction over `TRANSACTION_BYTES_MAX`. */
export function checkedTransactionBytes(records: readonly NewRecord[]): number {
  const total = checkedBytes(records)
  if (total > TRANSACTION_BYTES_MAX) {
    throw new RecordTooLargeError(
      `a transaction of ${total} bytes: a transaction has at most ${TRANSACTION_BYTES_MAX} bytes`,
    )
  }
  return total
}
