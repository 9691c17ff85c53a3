/**
 * The log that everything is kept in: durable, ordered, partitioned. Nothing above this port knows whether an
 * embedded folder or a Kafka cluster is behind it.
 *
 * **Promises.** Records of one partition are read in the order they were appended, by everyone. What `append` or
 * `transact` resolved for survives a crash of the process at any later instant. A reader sees committed records only.
 * Records with the same key go to the same partition, for as long as the topic's partition count stays the same.
 *
 * **Does not promise** an order across partitions, nor that a rejected `append` left nothing behind: callers that
 * retry give their records deterministic ids, and readers drop repeats.
 *
 * **The caller owes** topics that `ensureTopics` has seen, records of at most `RECORD_BYTES_MAX` whose bytes it leaves
 * alone until the append has resolved, waiting for appends (that is the back-pressure), not writing into records that
 * it read, and an end to every `read` and `process` (abort the signal) before the log is disposed of.
 */
export interface ChangeLog extends AsyncDisposable {
  /** Identity of this log's history. A position is only meaningful together with it. URL-safe, 6 to 22 characters. */
  readonly id: string

  /**
   * Creates what is missing and checks what exists: rejects with `TopicMismatchError` when partition count or cleanup
   * differ. Retention may change at any time: it becomes what is asked for here.
   */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>

  /** The partition that a key belongs to: Kafka's default partitioner (murmur2), in every adapter. */
  partitionOf(topic: string, key: string): number

  /**
   * Appends and resolves, in the order given, once all records are durable. One call takes at most
   * `APPEND_BYTES_MAX`.
   */
  append(records: readonly NewRecord[]): Promise<readonly RecordPosition[]>

  /**
   * As `append`, but all of the records, whatever their topics, become visible together or not at all.
   */
  transact(records: readonly NewRecord[]): Promise<readonly RecordPosition[]>

  /**
   * Reads all partitions of a topic, each from its own offset (one per partition, next to read), and follows the tip
   * until the signal aborts, which ends the iteration without an error. Lazy: reads ahead by at most one batch.
   * Throws `OffsetTrimmedError` when retention has removed what is next to read, also when that happens on the way,
   * and `OffsetBeyondEndError` for an offset that the log has not reached.
   */
  read(options: ReadOptions): AsyncIterable<RecordBatch>

  /**
   * Read, process, append as one transaction: joins the consumer group, calls `handler` with the next records (of one
   * or several partitions, in order within each), and commits what it returns together with the group's positions.
   * One call at a time. After a crash or a rejected commit the same records are handled again, and nothing of the
   * failed attempt is visible. A group that has committed nothing begins at the first record that is kept; one whose
   * next record retention has removed rejects with `OffsetTrimmedError`.
   *
   * Runs until the signal aborts: what the handler returns after that is still committed, an error of its is not one
   * any more. Rejects with the handler's error or the refused commit's, the records uncommitted: call it again to retry.
   */
  process(options: ProcessOptions): Promise<void>

  /** Per partition, the offset that a group has to handle next (0 where it has committed none). */
  committed(group: string, topic: string): Promise<readonly bigint[]>

  /** Per partition, the first offset that is kept and the next that will be written. */
  bounds(topic: string): Promise<readonly PartitionBounds[]>

  /** Per partition, the first offset whose record is at least as new as the timestamp; the end where none is. */
  offsetsForTime(topic: string, timestampMs: number): Promise<readonly bigint[]>
}

/** Largest record, key, headers and value together. */
export const RECORD_BYTES_MAX = 16 * 1024 * 1024

/** All records of one `append` or `transact`, or of one result of a `process` handler, together. */
export const APPEND_BYTES_MAX = 256 * 1024 * 1024

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** `delete` drops old records by time and size; `compact` keeps the last record of each key. */
  readonly cleanup: 'delete' | 'compact'
  /** How long records are kept at least; undefined: for ever. */
  readonly retentionMs: number | undefined
  /** How many bytes the topic keeps at most, over all partitions; undefined: any. */
  readonly retentionBytes: number | undefined
}

export interface NewRecord {
  readonly topic: string
  /** Kept as UTF-8: a lone surrogate becomes U+FFFD. */
  readonly key: string
  readonly headers: RecordHeaders
  /** null is a tombstone: in a compacted topic it deletes the key. */
  readonly value: Uint8Array | null
}

export type RecordHeaders = Readonly<Record<string, Uint8Array>>

export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export interface LogRecord extends NewRecord, RecordPosition {
  /** When it was appended; never decreases within a partition. */
  readonly timestampMs: number
}

export interface ReadOptions {
  readonly topic: string
  readonly from: readonly bigint[]
  /** A batch ends after the record that reaches this size, so one record always fits. */
  readonly batchBytesMax: number
  readonly signal: AbortSignal
}

export interface RecordBatch {
  readonly partition: number
  /**
   * May be empty, when the position moved over records that are not for readers (compacted, transaction markers). The first batch
   * of a reader that starts at the tip is empty: it hears at once that the log can be read.
   */
  readonly records: readonly LogRecord[]
  /** Next to read after this batch. */
  readonly nextOffset: bigint
  /** The end of the partition as it was when the batch was read; `endOffset - nextOffset` is the reader's lag. */
  readonly endOffset: bigint
  /**
   * To be called, once, by a reader that has no use for the records and their bytes any more, and has kept none: their memory is
   * used for what is read next. Undefined where that would gain nothing.
   */
  readonly giveBack?: () => void
}

export interface ProcessOptions {
  readonly group: string
  readonly topic: string
  readonly batchRecordsMax: number
  readonly batchBytesMax: number
  readonly handler: (records: readonly LogRecord[], context: ProcessContext) => Promise<ProcessResult>
  /**
   * Told, while the result of the handler is being committed, what there is to handle next, and perhaps again what has come in behind
   * that: work that depends on nothing else may begin. The next records begin with these, unless the commit fails or the group divides
   * its partitions anew.
   */
  readonly onUpcoming?: (records: readonly LogRecord[]) => void
  readonly signal: AbortSignal
}

export interface ProcessContext {
  /** Changes whenever the partitions of this member change: what was known about other members' work is then stale. */
  readonly generation: number
}

export interface ProcessResult {
  readonly append: readonly NewRecord[]
  /** Called once the transaction is durable, with the positions of `append` in its order. */
  readonly onCommit: (positions: readonly RecordPosition[]) => void
}

export interface PartitionBounds {
  readonly earliest: bigint
  readonly end: bigint
}
