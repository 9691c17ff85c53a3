import type { LogRecord } from '../change-log.ts'
import type { LentMemory } from './lent-memory.ts'
import { type BatchesOptions, recordBatches } from './record-batches.ts'

export interface SizedBatch {
  readonly records: readonly LogRecord[]
  readonly nextOffset: bigint
  /** To be called once nobody looks at the records any more. */
  readonly giveBack: () => void
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
  let memories: LentMemory[] = []
  for await (const batch of recordBatches(options)) {
    const { memory } = batch
    if (memory !== undefined) memories.push(memory)
    for (const record of batch.records) {
      records.push(record)
      bytes += record.storedBytes
      nextOffset = record.offset + 1n
      if (records.length < recordsMax && bytes < bytesMax) continue
      passedUpTo = nextOffset
      // The next batch may have the rest of it.
      memory?.lend()
      yield { records, nextOffset, giveBack: giveBack(memories) }
      records = []
      memories = memory === undefined ? [] : [memory]
      bytes = 0
      ;({ recordsMax, bytesMax } = limits())
    }
    nextOffset = batch.nextOffset
  }
  if (nextOffset > passedUpTo) yield { records, nextOffset, giveBack: giveBack(memories) }
  else giveBack(memories)()
}

function giveBack(memories: readonly LentMemory[]): () => void {
  return () => {
    for (const memory of memories) memory.giveBack()
  }
}
