import type { NewRecord, RecordPosition } from '../change-log.ts'
import { partitionFor } from '../partitioner.ts'
import { recordBytes } from '../record-size.ts'
import type { BrokerConnection } from './broker-connection.ts'
import type { BrokerConnections } from './broker-connections.ts'
import { BrokerError, checkCode } from './broker-error.ts'
import type { Cluster } from './cluster.ts'
import {
  BATCH_BYTES_MAX,
  type OutgoingBatch,
  type Producer,
  produce,
  requestsOf,
  sequenceAfter,
} from './produce.ts'
import { commitGroupOffsets, type GroupOffsets } from './requests/commit-group-offsets.ts'

export interface TransactionalProducerOptions {
  readonly cluster: Cluster
  readonly connections: BrokerConnections
  /** Whoever begins with the same id afterwards aborts what this producer left open, and fences it. */
  readonly transactionalId: string
  readonly transactionTimeoutMs: number
  readonly compression: 'none' | 'zstd'
  readonly kafkaName: (topic: string) => string
}

interface Identity extends Producer {
  readonly transactionalId: string
  /** Number of the next record, by partition. */
  readonly sequences: Map<string, number>
}

/** Records that are to be written, and where each of them stands among those that were asked for. */
interface PlannedBatch {
  readonly batch: OutgoingBatch
  readonly indexes: readonly number[]
}

/** Kafka transactions, one at a time. kafkajs encodes the requests; when to repeat, abort or begin anew is decided here. */
export class TransactionalProducer {
  readonly #options: TransactionalProducerOptions
  #identity: Identity | undefined

  constructor(options: TransactionalProducerOptions) {
    this.#options = options
  }

  /**
   * Aborts what an earlier producer of this id left open, waits until what it committed is visible, and fences it. Also the
   * first thing that a transaction does, when it was not done before.
   */
  async begin(): Promise<void> {
    this.#identity ??= await this.#newIdentity()
  }

  /**
   * Appends the records and moves the group's positions, all or nothing. The topics have to be known. Rejects with a fencing `BrokerError`
   * when another producer has taken over or the group has gone on without this member; nothing is committed then.
   */
  async commit(
    records: readonly NewRecord[],
    offsets: undefined | GroupOffsets,
  ): Promise<readonly RecordPosition[]> {
    if (records.length === 0 && offsets === undefined) return []
    await this.begin()
    const identity = this.#identity as Identity
    const planned = this.#plan(identity, records)
    try {
      // One step after the other: a broker that checks with the coordinator whether one of them belongs to the transaction refuses the
      // others meanwhile, and trying again costs more than waiting.
      await this.#announce(identity, planned)
      await this.#announceGroup(identity, offsets)
      const positions = await this.#writeAll(identity, planned, records)
      await this.#move(identity, offsets)
      await this.#end(identity, 'commit')
      return positions
    } catch (error) {
      await this.#abandon(identity)
      throw error
    }
  }

  /** Cuts the records into batches and numbers them. */
  #plan({ sequences }: Identity, records: readonly NewRecord[]): readonly PlannedBatch[] {
    const { cluster, kafkaName } = this.#options
    const indexes = Map.groupBy(records.keys(), (index) => {
      const { topic, key } = records[index] as NewRecord
      const name = kafkaName(topic)
      return `${name}/${partitionFor(key, cluster.knownPartitions(name).length)}`
    })
    return [...indexes].flatMap(([place, ofPlace]) => {
      const slash = place.lastIndexOf('/')
      const topic = place.slice(0, slash)
      const partition = Number(place.slice(slash + 1))
      return slicesOf(ofPlace, records).map((slice) => {
        const firstSequence = sequences.get(place) ?? 0
        sequences.set(place, sequenceAfter(firstSequence, slice.length))
        const ofSlice = slice.map((index) => records[index] as NewRecord)
        return { batch: { topic, partition, records: ofSlice, firstSequence }, indexes: slice }
      })
    })
  }

  async #announce(identity: Identity, planned: readonly PlannedBatch[]): Promise<void> {
    if (planned.length === 0) return
    const byTopic = Map.groupBy(planned, ({ batch }) => batch.topic)
    const topics = [...byTopic].map(([topic, batches]) => ({
      topic,
      partitions: [...new Set(batches.map(({ batch }) => batch.partition))],
    }))
    await this.#ask('begin a transaction', async (connection) => {
      const { errors } = await connection.call('AddPartitionsToTxn', { ...identity, topics })
      for (const { errorCode } of errors.flatMap(({ partitionErrors }) => partitionErrors)) {
        checkCode('begin a transaction', errorCode)
      }
    })
  }

  async #announceGroup(identity: Identity, offsets: undefined | GroupOffsets): Promise<void> {
    if (offsets === undefined) return
    const { groupId } = offsets
    await this.#ask('begin a transaction', async (connection) => {
      const { errorCode } = await connection.call('AddOffsetsToTxn', { ...identity, groupId })
      checkCode('begin a transaction', errorCode)
    })
  }

  async #writeAll(
    identity: Identity,
    planned: readonly PlannedBatch[],
    records: readonly NewRecord[],
  ): Promise<readonly RecordPosition[]> {
    const positions: RecordPosition[] = new Array(records.length)
    // A partition takes one batch at a time, in order; rounds keep the requests few.
    for (const round of roundsOf(planned)) await this.#write(identity, round, records, positions)
    return positions
  }

  async #write(
    identity: Identity,
    round: readonly PlannedBatch[],
    records: readonly NewRecord[],
    positions: RecordPosition[],
  ): Promise<void> {
    const { cluster, compression } = this.#options
    let left = round
    await cluster.persist('append in a transaction', async () => {
      const byLeader = Map.groupBy(left, ({ batch }) => cluster.leader(batch.topic, batch.partition))
      const failures: unknown[] = []
      const done = new Set<PlannedBatch>()
      const sent = [...byLeader].flatMap(([leader, ofLeader]) =>
        requestsOf(ofLeader, ({ batch }) => batch).map(async (request) => {
          const batches = request.map(({ batch }) => batch)
          const results = await produce(cluster, leader, identity, batches, compression)
          for (const [index, planned] of request.entries()) {
            const result = results[index]
            if (typeof result !== 'bigint') failures.push(result)
            else {
              done.add(planned)
              takePositions(planned, result, records, positions)
            }
          }
        }),
      )
      for (const outcome of await Promise.allSettled(sent)) {
        if (outcome.status === 'rejected') failures.push(outcome.reason)
      }
      left = left.filter((planned) => !done.has(planned))
      if (failures.length > 0) throw failures.find(isFinal) ?? failures[0]
    })
  }

  async #move(identity: Identity, offsets: undefined | GroupOffsets): Promise<void> {
    if (offsets === undefined) return
    const { groupId } = offsets
    const { cluster, connections } = this.#options
    await cluster.persist(`commit positions of ${groupId}`, async () => {
      const coordinator = await cluster.coordinator('group', groupId)
      await connections.to(coordinator).send(commitGroupOffsets(identity, offsets))
    })
  }

  async #end(identity: Identity, how: 'commit' | 'abort'): Promise<void> {
    await this.#ask(`${how} a transaction`, async (connection) => {
      const transactionResult = how === 'commit'
      const { errorCode } = await connection.call('EndTxn', { ...identity, transactionResult })
      checkCode(`${how} a transaction`, errorCode)
    })
  }

  /** The next transaction begins with a new identity, which aborts this one as well, if that does not succeed now. */
  async #abandon(identity: Identity): Promise<void> {
    this.#identity = undefined
    await this.#end(identity, 'abort').catch(() => undefined)
  }

  async #newIdentity(): Promise<Identity> {
    const { transactionalId, transactionTimeoutMs } = this.#options
    return this.#ask('begin a transaction', async (connection) => {
      const args = { transactionalId, transactionTimeout: transactionTimeoutMs }
      const { errorCode, producerId, producerEpoch } = await connection.call('InitProducerId', args)
      checkCode('begin a transaction', errorCode)
      return { transactionalId, producerId, producerEpoch, sequences: new Map() }
    })
  }

  #ask<T>(what: string, question: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const { cluster, connections, transactionalId } = this.#options
    return cluster.persist(what, async () =>
      question(connections.to(await cluster.coordinator('transaction', transactionalId))),
    )
  }
}

function isFinal(failure: unknown): boolean {
  return failure instanceof BrokerError && !failure.isPassing
}

/** Indexes of records, cut so that each slice makes a batch. */
function slicesOf(indexes: readonly number[], records: readonly NewRecord[]): readonly (readonly number[])[] {
  const slices: number[][] = []
  let bytes = 0
  for (const index of indexes) {
    const added = recordBytes(records[index] as NewRecord)
    const last = slices.at(-1)
    if (last !== undefined && bytes + added <= BATCH_BYTES_MAX) {
      last.push(index)
      bytes += added
    } else {
      slices.push([index])
      bytes = added
    }
  }
  return slices
}

/** First the first batch of each partition, then the second, and so on. */
function roundsOf(planned: readonly PlannedBatch[]): readonly (readonly PlannedBatch[])[] {
  const rounds: PlannedBatch[][] = []
  const counts = new Map<string, number>()
  for (const one of planned) {
    const place = `${one.batch.topic}/${one.batch.partition}`
    const round = counts.get(place) ?? 0
    counts.set(place, round + 1)
    const others = rounds[round]
    if (others === undefined) rounds.push([one])
    else others.push(one)
  }
  return rounds
}

function takePositions(
  { batch, indexes }: PlannedBatch,
  firstOffset: bigint,
  records: readonly NewRecord[],
  positions: RecordPosition[],
): void {
  for (const [position, index] of indexes.entries()) {
    const { topic } = records[index] as NewRecord
    positions[index] = { topic, partition: batch.partition, offset: firstOffset + BigInt(position) }
  }
}
