import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PartitionBounds, ReadOptions, RecordBatch } from './change-log.ts'
import { OffsetBeyondEndError, OffsetTrimmedError } from './errors.ts'
import type { RecordStore } from './record-store.ts'

/** `ChangeLog.read` over a record store: all partitions in turn, a batch of each, then waiting at the tip. */
export async function* follow(store: RecordStore, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const { topic, batchBytesMax, signal } = options
  const limits = { recordsMax: Number.POSITIVE_INFINITY, bytesMax: batchBytesMax }
  const bounds = store.bounds(topic)
  checkPositions(topic, bounds, options.from)
  const positions = [...options.from]
  const coming: (Promise<unknown> | undefined)[] = []
  if (!signal.aborted && isAtTip(bounds, positions)) yield emptyBatch(bounds, positions)
  while (!signal.aborted) {
    const { version } = store.tip
    const ends = store.ends(topic)
    let hasMoved = false
    // At the tip this runs for every record: `entries` would make an object for each partition.
    for (let partition = 0; partition < positions.length; partition++) {
      const offset = positions[partition] ?? 0n
      if (offset >= (ends[partition] ?? 0n)) continue
      await coming[partition]
      const batch = store.fetch(topic, partition, offset, limits)
      positions[partition] = batch.nextOffset
      hasMoved = true
      // While the reader has the batch, and those of the other partitions.
      coming[partition] = store.readAhead?.(topic, partition, batch.nextOffset)
      yield batch
      // Storage answers at once, so a long catch-up would otherwise never let sockets and timers have their turn.
      await nextTurn()
      if (signal.aborted) return
    }
    if (!hasMoved) await store.tip.changedSince(version, signal)
  }
}

function isAtTip(bounds: readonly PartitionBounds[], positions: readonly bigint[]): boolean {
  return bounds.every(({ end }, partition) => (positions[partition] ?? 0n) >= end)
}

/** For who starts at the tip, where there is nothing to read for now: reading works. */
export function emptyBatch(bounds: readonly PartitionBounds[], from: readonly bigint[]): RecordBatch {
  const nextOffset = from[0] ?? 0n
  return { partition: 0, records: [], nextOffset, endOffset: bounds[0]?.end ?? nextOffset }
}

/** Throws when reading cannot start at these offsets. */
export function checkPositions(
  topic: string,
  bounds: readonly PartitionBounds[],
  from: readonly bigint[],
): void {
  if (from.length !== bounds.length) {
    throw new OffsetBeyondEndError(
      `${topic} has ${bounds.length} partitions, the position names ${from.length}`,
    )
  }
  for (const [partition, { earliest, end }] of bounds.entries()) {
    const offset = from[partition] ?? 0n
    if (offset < earliest) throw new OffsetTrimmedError(topic, partition, offset, earliest)
    if (offset > end) {
      throw new OffsetBeyondEndError(`${topic}/${partition}: offset ${offset} is past the end, ${end}`)
    }
  }
}
