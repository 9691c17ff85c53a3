import type { LogRecord, NewRecord, RecordBatch, RecordHeaders, RecordPosition } from './change-log.ts'
import { OffsetTrimmedError } from './errors.ts'
import { recordBytes } from './record-size.ts'
import type { FetchLimits } from './record-store.ts'

/** One partition of the in-memory log: its records by offset, with holes where compaction removed some. */
export class InMemoryPartition {
  readonly #topic: string
  readonly #partition: number
  #records: LogRecord[] = []
  #earliest = 0n
  #end = 0n
  #lastTimestampMs = 0
  #bytes = 0

  constructor(topic: string, partition: number) {
    this.#topic = topic
    this.#partition = partition
  }

  get earliest(): bigint {
    return this.#earliest
  }

  get end(): bigint {
    return this.#end
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The record with so many before it. */
  recordAt(index: number): LogRecord | undefined {
    return this.#records[index]
  }

  append(record: NewRecord, nowMs: number): RecordPosition {
    const position = { topic: this.#topic, partition: this.#partition, offset: this.#end++ }
    this.#lastTimestampMs = Math.max(nowMs, this.#lastTimestampMs)
    this.#bytes += recordBytes(record)
    // Copied, as the caller may use its buffers again once the append has resolved.
    this.#records.push({
      ...position,
      key: record.key.toWellFormed(),
      headers: copyOf(record.headers),
      value: record.value && Buffer.from(record.value),
      timestampMs: this.#lastTimestampMs,
    })
    return position
  }

  fetch(offset: bigint, limits: FetchLimits): RecordBatch {
    if (offset < this.#earliest) {
      throw new OffsetTrimmedError(this.#topic, this.#partition, offset, this.#earliest)
    }
    const records: LogRecord[] = []
    let bytes = 0
    let index = this.#firstIndex((record) => record.offset >= offset)
    while (index < this.#records.length && records.length < limits.recordsMax && bytes < limits.bytesMax) {
      const record = this.#records[index++]
      if (record === undefined) break
      records.push(record)
      bytes += recordBytes(record)
    }
    const nextOffset = this.#records[index]?.offset ?? this.#end
    return { partition: this.#partition, records, nextOffset, endOffset: this.#end }
  }

  offsetForTime(timestampMs: number): bigint {
    return this.#records[this.#firstIndex((record) => record.timestampMs >= timestampMs)]?.offset ?? this.#end
  }

  trimWhile(isOld: (record: LogRecord) => boolean): void {
    this.trim(this.#firstIndex((record) => !isOld(record)))
  }

  /** Lets go of so many of the first records. */
  trim(count: number): void {
    for (const record of this.#records.splice(0, count)) this.#bytes -= recordBytes(record)
    this.#earliest = this.#records[0]?.offset ?? this.#end
  }

  /** Keeps the last record of each key, tombstones among them. */
  compact(): void {
    const last = new Map(this.#records.map(({ key, offset }) => [key, offset]))
    this.#records = this.#records.filter(({ key, offset }) => last.get(key) === offset)
    this.#bytes = this.#records.reduce((sum, record) => sum + recordBytes(record), 0)
  }

  /** Binary search: whatever is asked holds for no record before some index and for all from there on. */
  #firstIndex(holds: (record: LogRecord) => boolean): number {
    let low = 0
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const record = this.#records[middle]
      if (record === undefined || holds(record)) high = middle
      else low = middle + 1
    }
    return low
  }
}

function copyOf(headers: RecordHeaders): RecordHeaders {
  const copies: Record<string, Uint8Array> = {}
  for (const [name, value] of Object.entries(headers)) copies[name] = Buffer.from(value)
  return copies
}
