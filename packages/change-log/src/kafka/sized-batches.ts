import type { LogRecord } from '../change-log.ts'
import { type BatchesOptions, recordBatches } from './record-batches.ts'

export interface SizedBatch {
  readonly records: readonly LogRecord[]
  readonly nextOffset: bigint
}

export interface SizeLimits {
  readonly recordsMax: number
  /** The batch ends after the record that reaches this size, so one record always fits. */
  readonly bytesMax: number
}

/**
 * Batches of the size that a reader asked for, out of those that the log is made of, which have the size that suited the
 * writer. `limits` is asked for before each batch.
 */
export async function* sizedBatches(
  options: BatchesOptions,
  limits: () => SizeLimits,
): AsyncGenerator<SizedBatch, void> {
  let records: LogRecord[] = []
  let bytes = 0
  let nextOffset = options.from
  let passedUpTo = options.from
  let { recordsMax, bytesMax } = limits()
  for await (const batch of recordBatches(options)) {
    for (const record of batch.records) {
      records.push(record)
      bytes += record.storedBytes
      nextOffset = record.offset + 1n
      if (records.length < recordsMax && bytes < bytesMax) continue
      passedUpTo = nextOffset
      yield { records, nextOffset }
      records = []
      bytes = 0
      ;({ recordsMax, bytesMax } = limits())
    }
    nextOffset = batch.nextOffset
  }
  if (nextOffset > passedUpTo) yield { records, nextOffset }
}
