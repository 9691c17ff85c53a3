import type { ReadOptions, RecordBatch } from '../change-log.ts'
import { checkPositions, emptyBatch } from '../follow.ts'
import { storedEnd } from './record-batches.ts'
import { type SizedBatch, sizedBatches } from './sized-batches.ts'
import type { TopicSource } from './topic-source.ts'

interface Place {
  readonly partition: number
  readonly offset: bigint
}

/** What was fetched for one place, of which the first batch is being unpacked. */
interface Portion {
  /** What comes after it. */
  readonly end: bigint
  readonly highWatermark: bigint
  readonly first: Promise<IteratorResult<SizedBatch, void>>
  readonly rest: AsyncGenerator<SizedBatch, void>
}

/**
 * `ChangeLog.read` without a consumer group: it asks the leaders of the partitions, in turn while they have something, and waits
 * at the tip. While a portion is passed on, the next one is fetched and begun to be unpacked.
 */
export async function* readTopic(source: TopicSource, options: ReadOptions): AsyncGenerator<RecordBatch> {
  const { batchBytesMax, signal } = options
  if (signal.aborted) return
  const bounds = await source.bounds()
  checkPositions(source.name, bounds, options.from)
  const reading = new Reading(options.from, (partition) => source.tip.stableEnd(partition))
  for (const [partition, { end }] of bounds.entries()) source.tip.hear(partition, end)
  const limits = { recordsMax: Number.POSITIVE_INFINITY, bytesMax: batchBytesMax }
  const portionAt = async ({ partition, offset: from }: Place): Promise<Portion> => {
    const fetched = await source.fetch(partition, from, batchBytesMax)
    const { bytes, memory, abortedTransactions, highWatermark } = fetched
    const end = storedEnd(bytes) ?? from
    const stored = { topic: source.name, partition, from, bytes, memory, abortedTransactions }
    const rest = sizedBatches(stored, () => limits)
    const first = rest.next()
    first.catch(() => undefined)
    return { end, highWatermark, first, rest }
  }
  if (reading.next() === undefined && !signal.aborted) yield emptyBatch(bounds, options.from)
  let ahead: (Place & { readonly portion: Promise<Portion> }) | undefined
  while (!signal.aborted) {
    const place = ahead ?? reading.next()
    if (place === undefined) {
      await source.wait(reading.positions, signal)
      continue
    }
    const { partition } = place
    const { end, highWatermark: endOffset, first, rest } = await (ahead?.portion ?? portionAt(place))
    ahead = undefined
    if (signal.aborted) return
    const next = reading.nextAfter(partition, end)
    if (next !== undefined) {
      const portion = portionAt(next)
      // Whether it fails matters only if it is waited for.
      portion.catch(() => undefined)
      ahead = { ...next, portion }
    }
    for (let batch = await first; batch.done !== true; batch = await rest.next()) {
      const { records, nextOffset, giveBack } = batch.value
      reading.moveTo(partition, nextOffset)
      yield { partition, records, nextOffset, endOffset, giveBack }
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
