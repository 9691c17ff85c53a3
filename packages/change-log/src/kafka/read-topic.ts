import type { ReadOptions, RecordBatch } from '../change-log.ts'
import { checkPositions, emptyBatch } from '../follow.ts'
import { storedEnd } from './record-batches.ts'
import type { FetchedPartition } from './requests/fetch-records.ts'
import { sizedBatches } from './sized-batches.ts'
import type { TopicSource } from './topic-source.ts'

interface Place {
  readonly partition: number
  readonly offset: bigint
}

/**
 * `ChangeLog.read` without a consumer group: it asks the leaders of the partitions, in turn while they have something, and waits
 * at the tip. While a batch is passed on, the next one is on its way.
 */
export async function* readTopic(source: TopicSource, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const { batchBytesMax, signal } = options
  if (signal.aborted) return
  const bounds = await source.bounds()
  checkPositions(source.name, bounds, options.from)
  const reading = new Reading(options.from, (partition) => source.tip.stableEnd(partition))
  for (const [partition, { end }] of bounds.entries()) source.tip.hear(partition, end)
  const limits = { recordsMax: Number.POSITIVE_INFINITY, bytesMax: batchBytesMax }
  const fetch = ({ partition, offset }: Place) => source.fetch(partition, offset, batchBytesMax)
  if (reading.next() === undefined && !signal.aborted) yield emptyBatch(bounds, options.from)
  let ahead: (Place & { readonly fetching: Promise<FetchedPartition> }) | undefined
  while (!signal.aborted) {
    const place = ahead ?? reading.next()
    if (place === undefined) {
      await source.wait(reading.positions, signal)
      continue
    }
    const { partition, offset } = place
    const fetched = await (ahead?.fetching ?? fetch(place))
    ahead = undefined
    if (signal.aborted) return
    const next = reading.nextAfter(partition, storedEnd(fetched.bytes) ?? offset)
    if (next !== undefined) {
      const fetching = fetch(next)
      // Whether it fails matters only if it is waited for.
      fetching.catch(() => undefined)
      ahead = { ...next, fetching }
    }
    const { bytes, abortedTransactions, highWatermark: endOffset } = fetched
    const stored = { topic: source.name, partition, from: offset, bytes, abortedTransactions }
    for await (const { records, nextOffset } of sizedBatches(stored, () => limits)) {
      reading.moveTo(partition, nextOffset)
      yield { partition, records, nextOffset, endOffset }
      if (signal.aborted) return
    }
  }
}

/** Where a reader is in each partition, and which one has its turn. */
class Reading {
  readonly positions = new Map<number, bigint>()
  readonly #stableEnd: (partition: number) => bigint
  #last = -1

  constructor(from: readonly bigint[], stableEnd: (partition: number) => bigint) {
    for (const [partition, offset] of from.entries()) this.positions.set(partition, offset)
    this.#stableEnd = stableEnd
  }

  moveTo(partition: number, offset: bigint): void {
    this.positions.set(partition, offset)
    this.#last = partition
  }

  /** The next partition in turn that has something to read. */
  next(): Place | undefined {
    return this.#next(this.#last, this.positions)
  }

  /** As `next`, as it will be when one partition has been read up to an offset. */
  nextAfter(partition: number, offset: bigint): Place | undefined {
    return this.#next(partition, new Map(this.positions).set(partition, offset))
  }

  #next(last: number, positions: ReadonlyMap<number, bigint>): Place | undefined {
    const count = positions.size
    for (let step = 1; step <= count; step++) {
      const partition = (last + step) % count
      const offset = positions.get(partition) ?? 0n
      if (offset < this.#stableEnd(partition)) return { partition, offset }
    }
    return undefined
  }
}
