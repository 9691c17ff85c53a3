import type { ChangeLog, LogRecord } from './change-log.ts'

/** Batches of 1 MiB: far above one record, far below what a start-up would notice. */
const BATCH_BYTES_MAX = 1024 * 1024

/**
 * The state that a compacted topic holds now: the last record of each key, without the keys whose last record is a
 * tombstone. Ends at the end that the topic had when the call began. Rejects with the signal's reason when it aborts.
 */
export async function readCompacted(
  log: ChangeLog,
  topic: string,
  signal: AbortSignal,
): Promise<Map<string, LogRecord>> {
  const latest = new Map<string, LogRecord>()
  const bounds = await log.bounds(topic)
  const behind = new Set<number>()
  for (const [partition, { earliest, end }] of bounds.entries()) if (earliest < end) behind.add(partition)
  if (behind.size === 0) return latest
  const from = bounds.map(({ earliest }) => earliest)
  for await (const batch of log.read({ topic, from, batchBytesMax: BATCH_BYTES_MAX, signal })) {
    for (const record of batch.records) {
      if (record.value === null) latest.delete(record.key)
      else latest.set(record.key, record)
    }
    if (batch.nextOffset >= (bounds[batch.partition]?.end ?? 0n)) behind.delete(batch.partition)
    if (behind.size === 0) return latest
  }
  throw signal.reason
}
