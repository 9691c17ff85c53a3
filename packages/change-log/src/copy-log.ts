import type { ChangeLog, NewRecord, RecordBatch } from './change-log.ts'
import { ORIGIN_HEADER, originHeader, originOf } from './origin.ts'

export interface CopyLogOptions {
  readonly from: ChangeLog
  readonly to: ChangeLog
  /** Topics that both logs have, with the same partitions. */
  readonly topics: readonly string[]
  /** Goes on with what comes in until the signal aborts; otherwise ends where the topics ended when it began. */
  readonly follows: boolean
  readonly onProgress: (progress: CopyProgress) => void
}

export interface CopyProgress {
  readonly topic: string
  readonly copiedRecords: number
  /** Still ahead, as last heard. */
  readonly lagRecords: number
}

const BATCH_BYTES_MAX = 4 * 1024 * 1024
/** How far back the newest copied record is looked for; a transaction leaves a few offsets that hold none. */
const NEWEST_SEARCH_OFFSETS = 1_000n

/**
 * Copies topics into another log, which nobody else writes to meanwhile. Every record keeps its partition and its order,
 * and carries where it came from, so that positions can be translated (`offsetsFromOrigin`). Started again after a crash
 * it goes on behind the last record that arrived.
 */
export async function copyLog(options: CopyLogOptions, signal: AbortSignal): Promise<void> {
  await Promise.all(options.topics.map((topic) => copyTopic(options, topic, signal)))
}

async function copyTopic(options: CopyLogOptions, topic: string, signal: AbortSignal): Promise<void> {
  const { from, to, follows, onProgress } = options
  const bounds = await from.bounds(topic)
  const newest = await newestOrigins(to, topic, from.id)
  const start = bounds.map(({ earliest }, partition) => max(earliest, newest[partition] ?? 0n))
  const missing = new Set(
    [...bounds.keys()].filter((partition) => (start[partition] ?? 0n) < (bounds[partition]?.end ?? 0n)),
  )
  if (missing.size === 0 && !follows) return
  const lags = new Map<number, number>()
  let copiedRecords = 0
  const done = new AbortController()
  const read = from.read({
    topic,
    from: start,
    batchBytesMax: BATCH_BYTES_MAX,
    signal: AbortSignal.any([signal, done.signal]),
  })
  for await (const batch of read) {
    await to.append(copiesOf(batch, topic, from.id))
    copiedRecords += batch.records.length
    lags.set(batch.partition, Number(batch.endOffset - batch.nextOffset))
    onProgress({ topic, copiedRecords, lagRecords: [...lags.values()].reduce((sum, lag) => sum + lag, 0) })
    if (batch.nextOffset >= (bounds[batch.partition]?.end ?? 0n)) missing.delete(batch.partition)
    if (missing.size === 0 && !follows) done.abort()
  }
}

/** The partition follows from the key, in every adapter. */
function copiesOf({ records }: RecordBatch, topic: string, logId: string): readonly NewRecord[] {
  return records.map(({ key, headers, value, offset }) => ({
    topic,
    key,
    headers: { ...headers, [ORIGIN_HEADER]: originHeader({ logId, offset }) },
    value,
  }))
}

/** Per partition, the origin's offset behind the last record that was copied; undefined where there is none. */
async function newestOrigins(
  to: ChangeLog,
  topic: string,
  logId: string,
): Promise<readonly (bigint | undefined)[]> {
  const bounds = await to.bounds(topic)
  const newest: (bigint | undefined)[] = bounds.map(() => undefined)
  const missing = new Set(
    [...bounds.keys()].filter(
      (partition) => (bounds[partition]?.end ?? 0n) > (bounds[partition]?.earliest ?? 0n),
    ),
  )
  if (missing.size === 0) return newest
  const from = bounds.map(({ earliest, end }) => max(earliest, end - NEWEST_SEARCH_OFFSETS))
  const done = new AbortController()
  for await (const batch of to.read({ topic, from, batchBytesMax: BATCH_BYTES_MAX, signal: done.signal })) {
    for (const record of batch.records) {
      const origin = originOf(record)
      if (origin?.logId === logId) newest[batch.partition] = origin.offset + 1n
    }
    if (batch.nextOffset >= (bounds[batch.partition]?.end ?? 0n)) missing.delete(batch.partition)
    if (missing.size === 0) done.abort()
  }
  return newest
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
