import type { ChangeLog, LogRecord, PartitionBounds } from './change-log.ts'

/** On a record that `copyLog` brought from another log: that log's id and the offset there, as `id:offset`. */
export const ORIGIN_HEADER = 'origin'

export interface Origin {
  readonly logId: string
  readonly offset: bigint
}

export function originHeader({ logId, offset }: Origin): Uint8Array {
  return Buffer.from(`${logId}:${offset}`)
}

/** Undefined for a record that was first written here. */
export function originOf({ headers }: Pick<LogRecord, 'headers'>): Origin | undefined {
  const header = headers[ORIGIN_HEADER]
  if (header === undefined) return undefined
  const [logId = '', offset = ''] = Buffer.from(header).toString().split(':')
  return { logId, offset: BigInt(offset) }
}

/**
 * Where a place in another log lies in this one, to which that log was copied: per partition, the offset here of the
 * first record that is not before the place. Undefined when this log has no copy of that one, or not of all records from
 * the place on; then there is no place here that loses nothing.
 */
export async function offsetsFromOrigin(
  log: ChangeLog,
  topic: string,
  originLogId: string,
  offsets: readonly bigint[],
): Promise<readonly bigint[] | undefined> {
  const bounds = await log.bounds(topic)
  if (bounds.length !== offsets.length) return undefined
  const found = await Promise.all(
    bounds.map((partitionBounds, partition) => {
      const search = new OriginSearch(log, topic, partition, partitionBounds)
      return search.firstFrom(originLogId, offsets[partition] ?? 0n)
    }),
  )
  if (found.some((place) => place === 'lost') || found.every((place) => place === 'no copy')) return undefined
  return found.map((place, partition) =>
    typeof place === 'bigint' ? place : (bounds[partition]?.earliest ?? 0n),
  )
}

type Place = bigint | 'lost' | 'no copy'

/** Copied records lie in the order of their origin, and before those that were first written here: a binary search. */
class OriginSearch {
  readonly #log: ChangeLog
  readonly #topic: string
  readonly #partition: number
  readonly #bounds: PartitionBounds

  constructor(log: ChangeLog, topic: string, partition: number, bounds: PartitionBounds) {
    this.#log = log
    this.#topic = topic
    this.#partition = partition
    this.#bounds = bounds
  }

  async firstFrom(logId: string, offset: bigint): Promise<Place> {
    let low = this.#bounds.earliest
    let high = this.#bounds.end
    const first = await this.#recordAt(low)
    const firstOrigin = first && originOf(first)
    if (firstOrigin?.logId !== logId) {
      // Where retention has removed what came first, nobody can tell whether it was a copy.
      return low === 0n ? 'no copy' : 'lost'
    }
    // What lies before the first record that is here is gone there, or was never copied.
    if (offset < firstOrigin.offset) return 'lost'
    while (low < high) {
      const middle = (low + high) / 2n
      const record = await this.#recordAt(middle)
      const origin = record && originOf(record)
      if (record === undefined || origin?.logId !== logId || origin.offset >= offset) high = middle
      else low = record.offset + 1n
    }
    return low
  }

  /** The first record at an offset or after it; undefined at the end. */
  async #recordAt(offset: bigint): Promise<LogRecord | undefined> {
    if (offset >= this.#bounds.end) return undefined
    const bounds = await this.#log.bounds(this.#topic)
    const from = bounds.map(({ end }, partition) => (partition === this.#partition ? offset : end))
    const stop = new AbortController()
    const read = this.#log.read({ topic: this.#topic, from, batchBytesMax: 1, signal: stop.signal })
    for await (const { partition, records, nextOffset } of read) {
      if (partition !== this.#partition) continue
      if (records[0] !== undefined) return records[0]
      if (nextOffset >= this.#bounds.end) return undefined
    }
    return undefined
  }
}
