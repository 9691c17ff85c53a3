import type { PartitionBounds, RecordBatch } from './change-log.ts'
import type { Tip } from './tip.ts'

/** What the loops of `read` and `process` ask of the storage of an adapter that answers without waiting. */
export interface RecordStore {
  readonly tip: Tip
  /** Throws `UnknownTopicError`. */
  bounds(topic: string): readonly PartitionBounds[]
  /** Per partition, the next offset that will be written, as of the tip's version. Cheap: asked after each wake-up. */
  ends(topic: string): readonly bigint[]
  /** The records from an offset on, as many as the limits allow. Throws `OffsetTrimmedError`. */
  fetch(topic: string, partition: number, offset: bigint, limits: FetchLimits): RecordBatch
  /**
   * Has what is at an offset brought near, where that takes a while. Resolves when a fetch from there need not wait for it;
   * undefined: it need not now.
   */
  readonly readAhead:
    | ((topic: string, partition: number, offset: bigint) => Promise<unknown> | undefined)
    | undefined
}

export interface FetchLimits {
  readonly recordsMax: number
  /** The batch ends after the record that reaches this size, so one record always fits. */
  readonly bytesMax: number
}
