import type { LogRecord, ProcessOptions } from '../change-log.ts'
import { checkedBytes } from '../record-size.ts'
import { BrokerConnections } from './broker-connections.ts'
import { BrokerError } from './broker-error.ts'
import type { Cluster } from './cluster.ts'
import { type Assignment, GroupMembership } from './group-membership.ts'
import { nextToHandle } from './group-offsets.ts'
import type { KafkaChangeLogOptions } from './kafka-options.ts'
import type { Names } from './names.ts'
import { PartitionFeed } from './partition-feed.ts'
import type { TopicSource } from './topic-source.ts'
import { TransactionalProducer } from './transactional-producer.ts'

export interface GroupProcessorOptions {
  readonly cluster: Cluster
  readonly settings: KafkaChangeLogOptions
  readonly names: Names
  readonly source: TopicSource
  /** A number that this process has not used before: the work of other members may have gone on meanwhile. */
  readonly nextGeneration: () => number
  readonly process: ProcessOptions
}

interface NextRecords {
  readonly records: readonly LogRecord[]
  readonly bytes: number
  /** Partition and what is next to handle after these records. */
  readonly offsets: ReadonlyMap<number, bigint>
}

/** What a member has at hand until the group divides the partitions anew. */
interface Work {
  readonly assignment: Assignment
  readonly generation: number
  readonly producer: TransactionalProducer
  readonly feeds: readonly PartitionFeed[]
}

const NOTHING: NextRecords = { records: [], bytes: 0, offsets: new Map() }

/**
 * `ChangeLog.process` as a member of a Kafka consumer group.
 *
 * A zombie, which was paused while the group gave its partitions to others, is kept out twice:
 *
 * - Its positions are refused by the group's coordinator, because it names a generation that is over; without them it does not commit. What it
 *   had moved before, and not yet committed, makes the new owner wait, because that one asks for stable offsets. This alone
 *   makes each record come out once.
 * - Its transaction is aborted by the new owners, so that nobody waits for its time-out. For that, a member uses the
 *   transactional id that belongs to the lowest of its partitions, and begins anew those of all partitions it takes over.
 *
 * One transaction for all partitions of a member, and not one for each, as fencing by transactional ids alone would need: at
 * 300 records a second in ten partitions, ten transactions in turn would cost each record some 50 ms more.
 */
export class GroupProcessor {
  readonly #options: GroupProcessorOptions
  readonly #groupId: string
  readonly #connections: BrokerConnections
  readonly #membership: GroupMembership
  #turn = 0

  constructor(options: GroupProcessorOptions) {
    const { cluster, settings, names, source, process } = options
    this.#options = options
    this.#groupId = names.group(process.group)
    this.#connections = new BrokerConnections(settings)
    this.#membership = new GroupMembership({
      cluster,
      connections: this.#connections,
      groupId: this.#groupId,
      topic: source.kafkaName,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      rebalanceTimeoutMs: settings.rebalanceTimeoutMs,
    })
  }

  async run(): Promise<void> {
    const { cluster, process } = this.#options
    const { signal } = process
    const close = () => this.#connections.close()
    cluster.closed.addEventListener('abort', close)
    try {
      for (;;) {
        const assignment = await this.#membership.join(signal)
        if (assignment === undefined) return
        await this.#work(assignment)
      }
    } finally {
      // If the coordinator is not reached, the session runs out.
      await this.#membership.leave().catch(() => undefined)
      cluster.closed.removeEventListener('abort', close)
      close()
    }
  }

  /** Until the group divides the partitions anew, or the signal aborts. */
  async #work(assignment: Assignment): Promise<void> {
    const { cluster, source, process, nextGeneration } = this.#options
    const generation = nextGeneration()
    const over = AbortSignal.any([process.signal, assignment.over])
    // There are more members than partitions.
    if (assignment.partitions.length === 0) return source.wait(new Map(), over)
    const producer = await this.#takeOver(assignment.partitions)
    const starts = await nextToHandle(cluster, this.#groupId, source, assignment.partitions)
    const feeds = [...starts].map(([partition, start]) => new PartitionFeed(source, partition, start))
    let upcoming: NextRecords | undefined = NOTHING
    while (!over.aborted && upcoming !== undefined) {
      if (upcoming.offsets.size === 0) await source.look(positionsOf(feeds.filter(({ isDry }) => isDry)))
      const next = await this.#takeNext(feeds, upcoming)
      upcoming = NOTHING
      if (next.offsets.size === 0) await source.wait(positionsOf(feeds), over)
      else upcoming = await this.#handle({ assignment, generation, producer, feeds }, next)
    }
  }

  /** Ends whatever the earlier owners of the partitions have open. */
  async #takeOver(partitions: readonly number[]): Promise<TransactionalProducer> {
    const { cluster, settings, names, process } = this.#options
    const producers = partitions
      .toSorted((left, right) => left - right)
      .map(
        (partition) =>
          new TransactionalProducer({
            cluster,
            connections: this.#connections,
            transactionalId: names.groupTransactions(process.group, process.topic, partition),
            transactionTimeoutMs: settings.transactionTimeoutMs,
            compression: settings.compression,
            kafkaName: (topic) => names.topic(topic),
          }),
      )
    await Promise.all(producers.map((producer) => producer.begin()))
    const [lowest] = producers
    if (lowest === undefined) throw new RangeError('a member without partitions takes over nothing')
    return lowest
  }

  /**
   * The next records that were heard of, of all partitions, behind those taken already; the first of them takes turns, so that a long
   * backlog does not leave the others waiting. Of all at once: what came while the last records were handled goes into one transaction.
   */
  async #takeNext(feeds: readonly PartitionFeed[], taken: NextRecords): Promise<NextRecords> {
    const { batchRecordsMax, batchBytesMax } = this.#options.process
    const start = this.#turn++ % Math.max(1, feeds.length)
    const records = [...taken.records]
    const offsets = new Map(taken.offsets)
    let { bytes } = taken
    for (const feed of [...feeds.slice(start), ...feeds.slice(0, start)]) {
      if (records.length >= batchRecordsMax || bytes >= batchBytesMax) break
      const limits = { recordsMax: batchRecordsMax - records.length, bytesMax: batchBytesMax - bytes }
      const batch = await feed.take(limits)
      if (batch === undefined) continue
      records.push(...batch.records)
      bytes += checkedBytes(batch.records)
      offsets.set(feed.partition, batch.nextOffset)
    }
    return { records, bytes, offsets }
  }

  /**
   * Returns what was taken meanwhile to be handled next; undefined when the group has gone on without this member: nothing was
   * committed then, and others handle these records.
   */
  async #handle(
    { assignment: { generationId, memberId }, generation, producer, feeds }: Work,
    { records, offsets }: NextRecords,
  ): Promise<NextRecords | undefined> {
    const { cluster, names, source, process } = this.#options
    const move = {
      groupId: this.#groupId,
      generationId,
      memberId,
      topic: source.kafkaName,
      offsets: [...offsets],
    }
    try {
      const result = records.length === 0 ? NOTHING_TO_APPEND : await process.handler(records, { generation })
      checkedBytes(result.append)
      for (const topic of new Set(result.append.map((record) => record.topic))) {
        await cluster.partitions(names.topic(topic))
      }
      // One that came alone is rarely followed at once.
      const isMoreLikely = process.onUpcoming !== undefined && records.length > 1
      const over = new AbortController()
      const committing = producer.commit(result.append, move).finally(() => over.abort())
      const taking = isMoreLikely ? this.#takeUpcoming(feeds, over.signal) : Promise.resolve(NOTHING)
      const [committed, taken] = await Promise.allSettled([committing, taking])
      if (committed.status === 'rejected') throw committed.reason
      result.onCommit(committed.value)
      // Some may be taken that nobody has.
      if (taken.status === 'rejected') throw taken.reason
      return taken.value
    } catch (error) {
      if (error instanceof BrokerError && error.isFencing) return undefined
      if (process.signal.aborted) return undefined
      throw error
    }
  }

  /** What comes in until then, as it comes, and as much as is handled at once. */
  async #takeUpcoming(feeds: readonly PartitionFeed[], until: AbortSignal): Promise<NextRecords> {
    const { source, process } = this.#options
    let upcoming = NOTHING
    while (upcoming.records.length < process.batchRecordsMax && upcoming.bytes < process.batchBytesMax) {
      await source.wait(positionsOf(feeds), until)
      if (until.aborted) break
      const next = await this.#takeNext(feeds, upcoming)
      const added = next.records.slice(upcoming.records.length)
      if (added.length > 0) process.onUpcoming?.(added)
      upcoming = next
    }
    return upcoming
  }
}

function positionsOf(feeds: readonly PartitionFeed[]): ReadonlyMap<number, bigint> {
  return new Map(feeds.map(({ partition, position }) => [partition, position]))
}

/** For positions that moved over records which are not for readers. */
const NOTHING_TO_APPEND = { append: [], onCommit: () => {} }
