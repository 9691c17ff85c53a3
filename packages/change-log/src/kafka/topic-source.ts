import type { PartitionBounds } from '../change-log.ts'
import { OffsetBeyondEndError, OffsetTrimmedError } from '../errors.ts'
import { BrokerError, checkCode, ErrorCode } from './broker-error.ts'
import type { Cluster } from './cluster.ts'
import { LentMemory } from './lent-memory.ts'
import { partitionBounds } from './partition-offsets.ts'
import { storedEnd } from './record-batches.ts'
import { type FetchedPartition, fetchRecords } from './requests/fetch-records.ts'
import { type Positions, TopicTip } from './topic-tip.ts'

/** Reading rejects after so long, so that those who wait hear of an outage; they read again from where they are. */
const READ_OUTAGE_MS_MAX = 3_000

const OFFSET_NOT_AVAILABLE = 78

export interface FetchedPortion extends FetchedPartition {
  /** Of the bytes, for whoever asked to give back; undefined where others look at it, too. */
  readonly memory: undefined | LentMemory
}

/** Records of one topic, for all of its readers in this process. */
export class TopicSource {
  /** As the port calls it, and as the cluster does. */
  readonly name: string
  readonly kafkaName: string
  readonly tip: TopicTip
  readonly #cluster: Cluster

  constructor(cluster: Cluster, name: string, kafkaName: string) {
    this.#cluster = cluster
    this.name = name
    this.kafkaName = kafkaName
    this.tip = new TopicTip(cluster, kafkaName)
  }

  bounds(): Promise<readonly PartitionBounds[]> {
    return partitionBounds(this.#cluster, this.kafkaName)
  }

  /**
   * What the log has from an offset on: whole batches of about `bytesMax` bytes as they are stored, at least one. Empty at the tip.
   * Rejects with `OffsetTrimmedError` and `OffsetBeyondEndError`.
   */
  async fetch(partition: number, offset: bigint, bytesMax: number): Promise<FetchedPortion> {
    const held = this.tip.held(partition, offset)
    if (held !== undefined) return { ...held, memory: undefined }
    return this.#cluster.persist(
      `read ${this.name}`,
      () => this.#fetch(partition, offset, bytesMax),
      READ_OUTAGE_MS_MAX,
    )
  }

  /** Hears what there is now at the positions, so that `fetch` has it at hand. */
  async look(positions: Positions): Promise<void> {
    await this.#cluster.persist(`read ${this.name}`, () => this.tip.look(positions), READ_OUTAGE_MS_MAX)
  }

  /** Resolves once there is something to read at one of the positions, or the signal aborts. Rejects as `fetch` does. */
  async wait(positions: Positions, signal: AbortSignal): Promise<void> {
    try {
      await this.tip.wait(positions, signal)
    } catch (error) {
      if (!(error instanceof BrokerError && error.code === ErrorCode.offsetOutOfRange)) throw error
      // Fetching tells which of them it is, and why.
      await Promise.all([...positions].map(([partition, offset]) => this.fetch(partition, offset, 1)))
    }
  }

  /** Why an offset is not there. Rejects with a passing error when it is there after all. */
  async #refuse(partition: number, offset: bigint): Promise<never> {
    const { earliest, end } = (await this.bounds())[partition] ?? { earliest: 0n, end: 0n }
    if (offset < earliest) throw new OffsetTrimmedError(this.name, partition, offset, earliest)
    if (offset > end) {
      throw new OffsetBeyondEndError(
        `${this.name}/${partition}: offset ${offset} is past the end, ${end}: the log has lost records that were read`,
      )
    }
    throw new BrokerError(`${this.name}/${partition}: offset ${offset}`, OFFSET_NOT_AVAILABLE)
  }

  async #fetch(partition: number, offset: bigint, bytesMax: number): Promise<FetchedPortion> {
    const connection = this.#cluster.reading.to(this.#cluster.leader(this.kafkaName, partition))
    const [fetched] = await connection.send(
      fetchRecords({
        topic: this.kafkaName,
        from: [[partition, offset]],
        waitMsMax: 0,
        partitionBytesMax: bytesMax,
        bytesMax,
      }),
    )
    if (fetched === undefined)
      throw new Error(`${this.name}: an answer without the partition that was asked for`)
    if (fetched.errorCode === ErrorCode.offsetOutOfRange) return this.#refuse(partition, offset)
    checkCode(`read ${this.name}/${partition}`, fetched.errorCode)
    this.tip.hear(partition, fetched.lastStableOffset)
    if (storedEnd(fetched.bytes) === undefined && fetched.lastStableOffset > offset) {
      throw new BrokerError(`${this.name}/${partition}: nothing at ${offset}`, OFFSET_NOT_AVAILABLE)
    }
    return { ...fetched, memory: new LentMemory(fetched.bytes) }
  }
}
