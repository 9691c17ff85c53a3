import type { DatabaseSync } from 'node:sqlite'
import type { NewRecord, PartitionBounds, RecordBatch, TopicSpec } from '../change-log.ts'
import { ChangeLogError, LogClosedError, TopicMismatchError } from '../errors.ts'
import { partitionFor } from '../partitioner.ts'
import type { FetchLimits } from '../record-store.ts'
import { BlockReader } from './block-reader.ts'
import { Catalog, type PartitionState } from './catalog.ts'
import { GroupPositions } from './group-positions.ts'
import { openForReading, readLogId } from './layout.ts'
import { errorOf, failureOf } from './sqlite-failure.ts'

/** The reading side of a folder: a connection of its own, beside whoever writes. */
export class LogView implements Disposable {
  readonly id: string
  readonly database: DatabaseSync
  readonly catalog: Catalog
  readonly #directory: string
  readonly #reader: BlockReader
  readonly #positions: GroupPositions

  private constructor(directory: string, database: DatabaseSync) {
    this.#directory = directory
    this.database = database
    this.id = readLogId(database)
    this.catalog = new Catalog(database)
    this.#reader = new BlockReader(database, directory)
    this.#positions = new GroupPositions(database)
  }

  /** Throws `LogUnavailableError` when there is no log in the folder yet. */
  static open(directory: string): LogView {
    return explained(directory, () => new LogView(directory, openForReading(directory)))
  }

  bounds(topic: string): readonly PartitionBounds[] {
    return this.#look(() => this.#reader.bounds(this.catalog.topic(topic)))
  }

  ends(topic: string): readonly bigint[] {
    return this.#look(() => this.catalog.topic(topic).partitions.map(({ end }) => BigInt(end)))
  }

  fetch(topic: string, partition: number, offset: bigint, limits: FetchLimits): RecordBatch {
    return this.#look(() => {
      const state = this.catalog.topic(topic).partitions[partition]
      if (state === undefined) throw new RangeError(`${topic} has no partition ${partition}`)
      return this.#reader.fetch(state, offset, limits)
    })
  }

  readAhead(topic: string, partition: number, offset: bigint): Promise<unknown> | undefined {
    return this.#look(() => {
      const state = this.catalog.topic(topic).partitions[partition]
      return state && this.#reader.readAhead(state, Number(offset))
    })
  }

  offsetsForTime(topic: string, timestampMs: number): readonly bigint[] {
    return this.#look(() =>
      this.catalog.topic(topic).partitions.map((state) => this.#reader.offsetForTime(state, timestampMs)),
    )
  }

  committed(group: string, topic: string): readonly bigint[] {
    return this.#look(() =>
      this.catalog.topic(topic).partitions.map(({ id }) => BigInt(this.#positions.committed(group, id))),
    )
  }

  /** As `committed`, but the first record that is kept where the group has committed nothing. */
  nextToHandle(group: string, topic: string): readonly bigint[] {
    return this.#look(() =>
      this.catalog.topic(topic).partitions.map(({ id }) => BigInt(this.#positions.nextToHandle(group, id))),
    )
  }

  nextToHandleIn(group: string, partitionId: number): number {
    return this.#look(() => this.#positions.nextToHandle(group, partitionId))
  }

  partitionOf(topic: string, key: string): number {
    return this.#look(() => partitionFor(key, this.catalog.topic(topic).partitions.length))
  }

  partitionOfRecord({ topic, key }: NewRecord): PartitionState {
    const { partitions } = this.catalog.topic(topic)
    const state = partitions[partitionFor(key, partitions.length)]
    if (state === undefined) throw new RangeError(`${topic} has no partition for the key ${key}`)
    return state
  }

  /** Returns the topics that do not exist. Throws `TopicMismatchError` for one that differs. */
  missingTopics(specs: readonly TopicSpec[]): readonly TopicSpec[] {
    return this.#look(() => specs.filter((spec) => !this.#exists(spec)))
  }

  refresh(): void {
    this.#look(() => this.catalog.refresh())
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]()
    if (this.database.isOpen) this.database.close()
  }

  #exists({ name, partitions, cleanup }: TopicSpec): boolean {
    const existing = this.catalog.find(name)
    if (existing === undefined) return false
    if (existing.partitions.length === partitions && existing.cleanup === cleanup) return true
    throw new TopicMismatchError(
      `the topic ${name} has ${existing.partitions.length} partitions and cleanup ${existing.cleanup}, ` +
        `not ${partitions} and ${cleanup}`,
    )
  }

  #look<Result>(look: () => Result): Result {
    if (!this.database.isOpen) throw new LogClosedError(`the log in ${this.#directory} was closed`)
    return explained(this.#directory, look)
  }
}

/** What the database throws, as an error that says what to do. */
function explained<Result>(directory: string, look: () => Result): Result {
  try {
    return look()
  } catch (error) {
    if (error instanceof ChangeLogError || error instanceof RangeError) throw error
    throw errorOf(failureOf(error, directory), error)
  }
}
