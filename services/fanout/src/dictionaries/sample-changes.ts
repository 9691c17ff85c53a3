import type { ChangeLog, LogRecord } from '@freshet/change-log'
import type { TrainingSample } from '@freshet/dictionary'
import { CHANGES_TOPIC, projectParts } from '@freshet/events'
import { changeEnvelope, DEFAULT_SUBSCRIPTION, encodeCursor, type Part } from '@freshet/protocol'
import { readStoredChange } from '../stored-change.ts'

export interface SampleOptions {
  readonly log: ChangeLog
  /** What the changes are to consist of. */
  readonly parts: readonly Part[]
  /** Of the newest changes no more are read, over all partitions. */
  readonly recordsMax: number
  /** Of the samples together no more are kept; past it the older ones go. */
  readonly bytesMax: number
}

/** What stands farther behind in a large change is not like other changes, and would crowd them out. */
const ONE_SAMPLE_BYTES_MAX = 64 * 1024
const BATCH_BYTES_MAX = 1024 ** 2
/** Those over HTTP: in a body of either, changes are compressed with a dictionary. */
const FRAMINGS = ['sse', 'ndjson'] as const

/** The newest changes of the log as the frames that partners get. Rejects with the signal's reason when it aborts. */
export async function sampleChanges(options: SampleOptions, signal: AbortSignal): Promise<TrainingSample[]> {
  const { log, parts, recordsMax, bytesMax } = options
  const wanted = new Set<string>(parts)
  const samples: TrainingSample[] = []
  let bytes = 0
  for await (const { record, cursor } of newestRecords(log, recordsMax, signal)) {
    const change = readStoredChange(record)
    if (change === undefined) continue
    const framing = FRAMINGS[samples.length % FRAMINGS.length] ?? 'sse'
    const { before, after } = changeEnvelope(framing, cursor, DEFAULT_SUBSCRIPTION)
    const text = projectParts(change.value, change.layout, wanted)
    const frame = Buffer.concat([Buffer.from(before), ...text, Buffer.from(after)])
    // A copy, so that the whole frame does not stay.
    const sample = { page: record.key, bytes: Uint8Array.from(frame.subarray(0, ONE_SAMPLE_BYTES_MAX)) }
    samples.push(sample)
    bytes += sample.bytes.length
    while (bytes > bytesMax) bytes -= samples.shift()?.bytes.length ?? 0
  }
  return samples
}

interface PlacedRecord {
  readonly record: LogRecord
  readonly cursor: ReturnType<typeof encodeCursor>
}

async function* newestRecords(
  log: ChangeLog,
  recordsMax: number,
  signal: AbortSignal,
): AsyncGenerator<PlacedRecord> {
  const bounds = await log.bounds(CHANGES_TOPIC)
  const each = BigInt(Math.ceil(recordsMax / bounds.length))
  const offsets = bounds.map(({ earliest, end }) => (end - each > earliest ? end - each : earliest))
  const missing = new Set(
    [...bounds.keys()].filter((partition) => (offsets[partition] ?? 0n) < (bounds[partition]?.end ?? 0n)),
  )
  if (missing.size === 0) return
  const read = { topic: CHANGES_TOPIC, from: [...offsets], batchBytesMax: BATCH_BYTES_MAX, signal }
  for await (const { partition, records, nextOffset } of log.read(read)) {
    for (const record of records) {
      offsets[partition] = record.offset + 1n
      yield { record, cursor: encodeCursor(log.id, offsets) }
    }
    if (nextOffset >= (bounds[partition]?.end ?? 0n)) missing.delete(partition)
    if (missing.size === 0) return
  }
  throw signal.reason
}
