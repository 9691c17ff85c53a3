import { setTimeout as sleep } from 'node:timers/promises'
import type { NewRecord, RecordPosition } from '../change-log.ts'
import { LogClosedError, LogUnavailableError } from '../errors.ts'
import { partitionFor } from '../partitioner.ts'
import { checkedBytes, recordBytes } from '../record-size.ts'
import { AppendLane, PendingAppend, type PendingRecord } from './append-lane.ts'
import type { HostPort } from './broker-connections.ts'
import { BrokerError, checkCode, ErrorCode } from './broker-error.ts'
import { isPassing } from './change-log-error-of.ts'
import type { Cluster } from './cluster.ts'
import { type OutgoingBatch, type Producer, produce, requestsOf } from './produce.ts'

/** So long an append waits for others to be sent with it. */
const LINGER_MS = 2
const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 500
/** Room for the records of all who wait while brokers are slow or away; past it appends are refused. */
const WAITING_BYTES_MAX = 512 * 1024 * 1024

/** The broker has lost count of what this producer sent before, so that nothing of this batch is in the log. */
const COUNT_IS_LOST: ReadonlySet<number> = new Set([
  ErrorCode.outOfOrderSequence,
  ErrorCode.unknownProducerId,
  ErrorCode.invalidProducerEpoch,
])

export interface AppenderOptions {
  readonly cluster: Cluster
  readonly compression: 'none' | 'zstd'
  /** The cluster's name of a topic. */
  readonly kafkaName: (topic: string) => string
}

/** The batch of one lane that is under way. */
interface Sending {
  readonly lane: AppendLane
  readonly pending: readonly PendingRecord[]
  readonly producer: Producer
  readonly batch: OutgoingBatch
  readonly giveUpAt: number
  readonly retryMs: number
}

/**
 * Appends outside of transactions, as an idempotent producer. What is appended within `LINGER_MS`, or while a batch of the same
 * partition is under way, goes out together. Partitions do not wait for one another, so a broker that is away holds up those
 * that it leads, until another one leads them.
 */
export class Appender {
  readonly #options: AppenderOptions
  readonly #lanes = new Map<string, AppendLane>()
  #waitingBytes = 0
  #isLingering = false
  /** A new one whenever it is not known how far the last one has come: batches of the same number would be taken for repeats. */
  #producer: Promise<Producer> | undefined

  constructor(options: AppenderOptions) {
    this.#options = options
  }

  async append(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    const { cluster, kafkaName } = this.#options
    const bytes = checkedBytes(records)
    for (const topic of new Set(records.map(({ topic }) => topic))) await cluster.partitions(kafkaName(topic))
    if (records.length === 0) return []
    cluster.throwIfClosed()
    if (this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      throw new LogUnavailableError(`${this.#waitingBytes} bytes wait for the Kafka cluster already`)
    }
    this.#waitingBytes += bytes
    const append = new PendingAppend(records.length)
    for (const [index, record] of records.entries()) {
      this.#laneOf(record).push({ record, bytes: recordBytes(record), append, index })
    }
    void this.#flushSoon()
    return append.done
  }

  #laneOf({ topic, key }: NewRecord): AppendLane {
    const kafkaName = this.#options.kafkaName(topic)
    const partition = partitionFor(key, this.#options.cluster.knownPartitions(kafkaName).length)
    const place = `${kafkaName}/${partition}`
    const lane = this.#lanes.get(place) ?? new AppendLane(kafkaName, partition)
    this.#lanes.set(place, lane)
    return lane
  }

  async #flushSoon(): Promise<void> {
    if (this.#isLingering) return
    this.#isLingering = true
    await sleep(LINGER_MS)
    this.#isLingering = false
    await this.#flush([...this.#lanes.values()].filter((lane) => lane.isReady))
  }

  async #flush(lanes: readonly AppendLane[]): Promise<void> {
    if (lanes.length === 0) return
    const taken = lanes.map((lane) => {
      lane.isUnderWay = true
      return { lane, pending: this.#withoutRejected(lane.take()) }
    })
    const giveUpAt = performance.now() + this.#options.cluster.options.outageTimeoutMs
    let producer: Producer
    try {
      producer = await this.#currentProducer()
    } catch (error) {
      for (const { lane, pending } of taken) this.#refuse(lane, pending, error)
      return
    }
    this.#send(
      taken.map(({ lane, pending }) => {
        const batch = lane.number(recordsOf(pending), producer)
        return { lane, pending, producer, batch, giveUpAt, retryMs: RETRY_MS_MIN }
      }),
    )
  }

  #withoutRejected(taken: readonly PendingRecord[]): readonly PendingRecord[] {
    const isLeft = ({ append }: PendingRecord) => !append.isRejected
    for (const pending of taken) if (!isLeft(pending)) this.#waitingBytes -= pending.bytes
    return taken.filter(isLeft)
  }

  #send(sendings: readonly Sending[]): void {
    const byLeader = new Map<HostPort, Sending[]>()
    for (const sending of sendings) {
      const { lane } = sending
      if (sending.pending.length === 0) this.#finish(lane)
      else {
        try {
          const leader = this.#options.cluster.leader(lane.topic, lane.partition)
          byLeader.set(leader, [...(byLeader.get(leader) ?? []), sending])
        } catch (error) {
          void this.#sendAgain(sending, error)
        }
      }
    }
    for (const [leader, ofLeader] of byLeader) {
      for (const ofProducer of Map.groupBy(ofLeader, ({ producer }) => producer).values()) {
        for (const request of requestsOf(ofProducer, ({ batch }) => batch)) void this.#sendTo(leader, request)
      }
    }
  }

  /** One request; all of its batches are of one producer. */
  async #sendTo(leader: HostPort, sendings: readonly Sending[]): Promise<void> {
    const [first] = sendings
    if (first === undefined) return
    const { cluster, compression } = this.#options
    const batches = sendings.map(({ batch }) => batch)
    try {
      const results = await produce(cluster, leader, first.producer, batches, compression)
      for (const [index, sending] of sendings.entries()) {
        const result = results[index]
        if (typeof result === 'bigint') this.#resolve(sending, result)
        else void this.#sendAgain(sending, result)
      }
    } catch (error) {
      for (const sending of sendings) void this.#sendAgain(sending, error)
    }
  }

  /** After an error that passes, with the same number: if the batch is in the log already, the broker says where. */
  async #sendAgain(sending: Sending, error: unknown): Promise<void> {
    const { lane, pending, giveUpAt, retryMs } = sending
    const { cluster } = this.#options
    const isCountLost = error instanceof BrokerError && COUNT_IS_LOST.has(error.code)
    if (cluster.closed.aborted) {
      this.#refuse(lane, pending, new LogClosedError('the log was closed'))
    } else if (!isCountLost && !isPassing(error)) {
      this.#producer = undefined
      this.#refuse(lane, pending, error)
    } else if (performance.now() + retryMs > giveUpAt) {
      this.#producer = undefined
      const reason = error instanceof Error ? error.message : String(error)
      this.#refuse(lane, pending, new LogUnavailableError(`could not append: ${reason}`, { cause: error }))
    } else {
      await sleep(retryMs, undefined, { signal: cluster.closed }).catch(() => undefined)
      await cluster.refresh().catch(() => undefined)
      const again = { ...sending, retryMs: Math.min(2 * retryMs, RETRY_MS_MAX) }
      if (isCountLost) await this.#sendRenumbered(again)
      else this.#send([again])
    }
  }

  async #sendRenumbered(sending: Sending): Promise<void> {
    const { lane, pending } = sending
    this.#producer = undefined
    try {
      const producer = await this.#currentProducer()
      this.#send([{ ...sending, producer, batch: lane.number(recordsOf(pending), producer) }])
    } catch (error) {
      this.#refuse(lane, pending, error)
    }
  }

  #resolve({ lane, pending }: Sending, firstOffset: bigint): void {
    for (const [position, { record, bytes, append, index }] of pending.entries()) {
      this.#waitingBytes -= bytes
      const offset = firstOffset + BigInt(position)
      append.resolveRecord(index, { topic: record.topic, partition: lane.partition, offset })
    }
    this.#finish(lane)
  }

  #refuse(lane: AppendLane, pending: readonly PendingRecord[], error: unknown): void {
    for (const { bytes, append } of pending) {
      this.#waitingBytes -= bytes
      append.reject(error)
    }
    this.#finish(lane)
  }

  #finish(lane: AppendLane): void {
    lane.isUnderWay = false
    if (lane.isReady) void this.#flushSoon()
  }

  #currentProducer(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer
    const producer = this.#newProducer()
    this.#producer = producer
    producer.catch(() => {
      if (this.#producer === producer) this.#producer = undefined
    })
    return producer
  }

  #newProducer(): Promise<Producer> {
    const { cluster } = this.#options
    return cluster.persist('append', async () => {
      const { errorCode, producerId, producerEpoch } = await cluster.ask((connection) =>
        connection.call('InitProducerId', { transactionalId: null }),
      )
      checkCode('begin to append', errorCode)
      return { transactionalId: undefined, producerId, producerEpoch }
    })
  }
}

function recordsOf(pending: readonly PendingRecord[]): readonly NewRecord[] {
  return pending.map(({ record }) => record)
}
