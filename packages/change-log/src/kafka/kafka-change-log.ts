import { randomUUID } from 'node:crypto'
import type {
  ChangeLog,
  NewRecord,
  PartitionBounds,
  ProcessOptions,
  ReadOptions,
  RecordBatch,
  RecordPosition,
  TopicSpec,
} from '../change-log.ts'
import { partitionFor } from '../partitioner.ts'
import { checkedBytes } from '../record-size.ts'
import { Appender } from './appender.ts'
import { changeLogErrorOf } from './change-log-error-of.ts'
import { Cluster } from './cluster.ts'
import { committedOffsets } from './group-offsets.ts'
import { GroupProcessor } from './group-processor.ts'
import type { KafkaChangeLogOptions } from './kafka-options.ts'
import { Names } from './names.ts'
import { offsetsForTime } from './partition-offsets.ts'
import { readTopic } from './read-topic.ts'
import { TopicAdmin } from './topic-admin.ts'
import { TopicSource } from './topic-source.ts'
import { TransactionalProducer } from './transactional-producer.ts'

/**
 * The change log on an Apache Kafka cluster. Any number of processes append, read and share the work of a group.
 *
 * Readers read committed records only, and have no consumer group: opening one costs a question for the bounds, and nothing is left of
 * it in the cluster.
 */
export class KafkaChangeLog implements ChangeLog {
  readonly id: string
  readonly #settings: KafkaChangeLogOptions
  readonly #names: Names
  readonly #cluster: Cluster
  readonly #admin: TopicAdmin
  readonly #appender: Appender
  readonly #transactions: TransactionalProducer
  readonly #sources = new Map<string, TopicSource>()
  /** Transactions of this process, one after the other. */
  #lastTransaction: Promise<unknown> = Promise.resolve()
  #generation = 0

  /** Rejects with `LogUnavailableError` when no broker can be reached, and `LogAccessError` when the cluster refuses the credentials. */
  static async open(options: KafkaChangeLogOptions): Promise<KafkaChangeLog> {
    return inWordsOfThePort(async () => new KafkaChangeLog(options, await Cluster.open(options)))
  }

  private constructor(settings: KafkaChangeLogOptions, cluster: Cluster) {
    const { compression, transactionTimeoutMs, namePrefix } = settings
    const names = new Names(namePrefix)
    const kafkaName = (topic: string) => names.topic(topic)
    this.id = names.logId(cluster.id)
    this.#settings = settings
    this.#names = names
    this.#cluster = cluster
    this.#admin = new TopicAdmin({ ...settings, cluster, names })
    this.#appender = new Appender({ cluster, compression, kafkaName })
    this.#transactions = new TransactionalProducer({
      cluster,
      connections: cluster.requests,
      transactionalId: names.transactions(settings.instanceId ?? randomUUID()),
      transactionTimeoutMs,
      compression,
      kafkaName,
    })
  }

  /** Several topics at once; those that an operator created are checked, and their retention becomes what is asked. */
  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    await inWordsOfThePort(() => Promise.all(specs.map((spec) => this.#admin.ensure(spec))))
  }

  partitionOf(topic: string, key: string): number {
    return partitionFor(key, this.#cluster.knownPartitions(this.#names.topic(topic)).length)
  }

  append(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    return inWordsOfThePort(() => this.#appender.append(records))
  }

  async transact(records: readonly NewRecord[]): Promise<readonly RecordPosition[]> {
    checkedBytes(records)
    return inWordsOfThePort(async () => {
      for (const topic of new Set(records.map((record) => record.topic))) {
        await this.#cluster.partitions(this.#names.topic(topic))
      }
      const transaction = this.#lastTransaction.then(() => this.#transactions.commit(records, undefined))
      this.#lastTransaction = transaction.catch(() => undefined)
      return transaction
    })
  }

  async *read(options: ReadOptions): AsyncGenerator<RecordBatch> {
    try {
      yield* readTopic(this.#source(options.topic), options)
    } catch (error) {
      throw changeLogErrorOf(error)
    }
  }

  async process(options: ProcessOptions): Promise<void> {
    await inWordsOfThePort(async () => {
      const source = this.#source(options.topic)
      await this.#cluster.partitions(source.kafkaName)
      const processor = new GroupProcessor({
        cluster: this.#cluster,
        settings: this.#settings,
        names: this.#names,
        source,
        nextGeneration: () => ++this.#generation,
        process: options,
      })
      await processor.run()
    })
  }

  committed(group: string, topic: string): Promise<readonly bigint[]> {
    return inWordsOfThePort(() =>
      committedOffsets(this.#cluster, this.#names.group(group), this.#names.topic(topic)),
    )
  }

  bounds(topic: string): Promise<readonly PartitionBounds[]> {
    return inWordsOfThePort(() => this.#source(topic).bounds())
  }

  offsetsForTime(topic: string, timestampMs: number): Promise<readonly bigint[]> {
    return inWordsOfThePort(() => offsetsForTime(this.#cluster, this.#names.topic(topic), timestampMs))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cluster[Symbol.dispose]()
  }

  #source(topic: string): TopicSource {
    const source = this.#sources.get(topic) ?? new TopicSource(this.#cluster, topic, this.#names.topic(topic))
    this.#sources.set(topic, source)
    return source
  }
}

async function inWordsOfThePort<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw changeLogErrorOf(error)
  }
}
