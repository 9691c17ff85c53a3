import { randomBytes } from 'node:crypto'
import type {
  ChangeLog,
  NewRecord,
  PartitionBounds,
  ProcessOptions,
  ReadOptions,
  RecordBatch,
  RecordPosition,
  TopicSpec,
} from './change-log.ts'
import { ConsumerGroups } from './consumer-groups.ts'
import { LogClosedError, TopicMismatchError, UnknownTopicError } from './errors.ts'
import { follow } from './follow.ts'
import { InMemoryPartition } from './in-memory-partition.ts'
import { partitionFor } from './partitioner.ts'
import { type GroupCommit, type GroupStore, processRecords } from './process-records.ts'
import { checkedBytes, recordBytes } from './record-size.ts'
import type { FetchLimits } from './record-store.ts'
import { Tip } from './tip.ts'

/** Retention and compaction run by themselves after so many appended records. */
const SWEEP_EVERY_RECORDS = 1_000

interface InMemoryTopic {
  readonly spec: TopicSpec
  readonly partitions: readonly InMemoryPartition[]
}

/** A change log that lasts as long as its process. Its records are bounded by the topics' retention only. */
export class InMemoryChangeLog implements ChangeLog {
  readonly id = randomBytes(9).toString('base64url')
  readonly #clock: () => number
  readonly #topics = new Map<string, InMemoryTopic>()
  readonly #positions = new Map<string, Map<number, bigint>>()
  readonly #store: GroupStore
  #appendedSinceSweep = 0
  #isClosed = false

  constructor(clock: () => number = Date.now) {
    this.#clock = clock
    this.#store = {
      tip: new Tip(),
      groups: new ConsumerGroups(),
      bounds: (topic) => this.#topic(topic).partitions.map(({ earliest, end }) => ({ earliest, end })),
      ends: (topic) => this.#topic(topic).partitions.map(({ end }) => end),
      fetch: (topic, partition, offset, limits) => this.#fetch(topic, partition, offset, limits),
      readAhead: undefined,
      nextToHandle: (group, topic) => this.#nextToHandle(group, topic),
      commit: (commit) => this.#commit(commit),
    }
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) {
      const existing = this.#topics.get(spec.name)
      if (existing !== undefined) checkTopic(existing.spec, spec)
      const partitions =
        existing?.partitions ??
        Array.from({ length: spec.partitions }, (_, partition) => new InMemoryPartition(spec.name, partition))
      this.#topics.set(spec.name, { spec, partitions })
    }
  }

  partitionOf(topic: string, key: string): number {
    return partitionFor(key, this.#topic(topic).partitions.length)
  }

  async append(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    return this.#appendAll(records)
  }

  async transact(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    return this.#appendAll(records)
  }

  read(options: ReadOptions): AsyncIterable<RecordBatch> {
    return follow(this.#store, options)
  }

  async process(options: ProcessOptions): Promise<void> {
    await processRecords(this.#store, options)
  }

  async committed(group: string, topic: string): Promise<readonly bigint[]> {
    const positions = this.#positionsOf(group, topic)
    return this.#topic(topic).partitions.map((_, partition) => positions.get(partition) ?? 0n)
  }

  async bounds(topic: string): Promise<readonly PartitionBounds[]> {
    return this.#store.bounds(topic)
  }

  async offsetsForTime(topic: string, timestampMs: number): Promise<readonly bigint[]> {
    return this.#topic(topic).partitions.map((partition) => partition.offsetForTime(timestampMs))
  }

  /** Lets go of what retention and compaction allow. */
  sweep(): void {
    this.#appendedSinceSweep = 0
    for (const { spec, partitions } of this.#topics.values()) {
      if (spec.cleanup === 'compact') for (const partition of partitions) partition.compact()
      else this.#retain(spec, partitions)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#topics.clear()
    // Who still reads finds the log closed, instead of waiting for ever.
    this.#store.tip.advance()
  }

  #retain({ retentionMs, retentionBytes }: TopicSpec, partitions: readonly InMemoryPartition[]): void {
    if (retentionMs !== undefined) {
      const oldestMs = this.#clock() - retentionMs
      for (const partition of partitions) partition.trimWhile(({ timestampMs }) => timestampMs < oldestMs)
    }
    if (retentionBytes === undefined) return
    const excess = partitions.reduce((sum, { bytes }) => sum + bytes, 0) - retentionBytes
    const counts = oldestRecords(partitions, excess)
    for (const [index, partition] of partitions.entries()) partition.trim(counts[index] ?? 0)
  }

  #topic(name: string): InMemoryTopic {
    if (this.#isClosed) throw new LogClosedError('the log was closed')
    const topic = this.#topics.get(name)
    if (topic === undefined) throw new UnknownTopicError(`the topic ${name} was never created`)
    return topic
  }

  #appendAll(records: readonly NewRecord[]): readonly RecordPosition[] {
    checkedBytes(records)
    const targets = records.map(
      (record) => this.#topic(record.topic).partitions[this.partitionOf(record.topic, record.key)],
    )
    const nowMs = this.#clock()
    const positions: RecordPosition[] = []
    for (const [index, record] of records.entries()) {
      const position = targets[index]?.append(record, nowMs)
      if (position !== undefined) positions.push(position)
    }
    this.#store.tip.advance()
    this.#appendedSinceSweep += records.length
    if (this.#appendedSinceSweep >= SWEEP_EVERY_RECORDS) this.sweep()
    return positions
  }

  #fetch(topic: string, partition: number, offset: bigint, limits: FetchLimits): RecordBatch {
    const found = this.#topic(topic).partitions[partition]
    if (found === undefined) throw new RangeError(`${topic} has no partition ${partition}`)
    return found.fetch(offset, limits)
  }

  #positionsOf(group: string, topic: string): Map<number, bigint> {
    return this.#positions.get(JSON.stringify([group, topic])) ?? new Map()
  }

  #nextToHandle(group: string, topic: string): readonly bigint[] {
    const positions = this.#positionsOf(group, topic)
    return this.#topic(topic).partitions.map(
      ({ earliest }, partition) => positions.get(partition) ?? earliest,
    )
  }

  async #commit({ group, topic, moves, append }: GroupCommit): Promise<readonly RecordPosition[] | 'fenced'> {
    const standsAt = this.#nextToHandle(group, topic)
    if (moves.some(({ partition, from }) => standsAt[partition] !== from)) return 'fenced'
    const appended = this.#appendAll(append)
    const positions = new Map(this.#positionsOf(group, topic))
    for (const { partition, to } of moves) positions.set(partition, to)
    this.#positions.set(JSON.stringify([group, topic]), positions)
    return appended
  }
}

/** How many of each partition's first records are the oldest of all that take so many bytes. */
function oldestRecords(partitions: readonly InMemoryPartition[], bytes: number): readonly number[] {
  const counts = partitions.map(() => 0)
  for (let left = bytes; left > 0; ) {
    const oldest = oldestPartition(partitions, counts)
    const record = partitions[oldest]?.recordAt(counts[oldest] ?? 0)
    if (record === undefined) break
    counts[oldest] = (counts[oldest] ?? 0) + 1
    left -= recordBytes(record)
  }
  return counts
}

/** Whose first record, behind so many of each, is the oldest. */
function oldestPartition(partitions: readonly InMemoryPartition[], counts: readonly number[]): number {
  let oldest = 0
  let oldestMs = Number.POSITIVE_INFINITY
  for (let index = 0; index < partitions.length; index++) {
    const timestampMs = partitions[index]?.recordAt(counts[index] ?? 0)?.timestampMs
    if (timestampMs === undefined || timestampMs >= oldestMs) continue
    oldest = index
    oldestMs = timestampMs
  }
  return oldest
}

function checkTopic(existing: TopicSpec, asked: TopicSpec): void {
  if (existing.partitions === asked.partitions && existing.cleanup === asked.cleanup) return
  throw new TopicMismatchError(
    `the topic ${asked.name} has ${existing.partitions} partitions and cleanup ${existing.cleanup}, ` +
      `not ${asked.partitions} and ${asked.cleanup}`,
  )
}
