import type { TopicSpec } from '../change-log.ts'
import { TopicMismatchError, UnknownTopicError } from '../errors.ts'
import { BrokerError, checkCode, ErrorCode } from './broker-error.ts'
import type { Cluster } from './cluster.ts'
import type { Names } from './names.ts'
import { alterTopicConfig } from './requests/alter-topic-config.ts'
import type { PartitionMetadata } from './requests/cluster-metadata.ts'
import { AT_LEAST, foundationSettings, retentionSettings } from './topic-settings.ts'

const TOPIC = 2

export interface TopicAdminOptions {
  readonly cluster: Cluster
  readonly names: Names
  readonly replicationFactor: number
  readonly minInsyncReplicas: number
}

/** Creates topics, and checks those that an operator has created. */
export class TopicAdmin {
  readonly #options: TopicAdminOptions

  constructor(options: TopicAdminOptions) {
    this.#options = options
  }

  async ensure(spec: TopicSpec): Promise<void> {
    const { cluster, names } = this.#options
    const topic = names.topic(spec.name)
    const existing = await cluster.partitions(topic).catch((error: unknown) => {
      if (error instanceof UnknownTopicError) return undefined
      throw error
    })
    if (existing === undefined) await this.#create(topic, spec)
    await this.#check(topic, spec)
  }

  async #create(topic: string, spec: TopicSpec): Promise<void> {
    const { cluster, replicationFactor, minInsyncReplicas } = this.#options
    const settings = [...foundationSettings(spec, minInsyncReplicas), ...retentionSettings(spec)]
    const configEntries = settings.map(([name, value]) => ({ name, value }))
    const creation = { topic, numPartitions: spec.partitions, replicationFactor, configEntries }
    await cluster.persist(`create ${topic}`, async () => {
      const { topicErrors } = await cluster.ask((connection) =>
        connection.call('CreateTopics', { topics: [creation], validateOnly: false }),
      )
      for (const { errorCode, errorMessage } of topicErrors) {
        // Another process was faster: what it created is checked as any other.
        if (errorCode !== ErrorCode.topicAlreadyExists) checkCode(`create ${topic}`, errorCode, errorMessage)
      }
    })
    await cluster.persist(`create ${topic}`, () => this.#untilLed(topic))
  }

  /** A topic that was just created is not known to every broker yet, and its partitions have no leaders at first. */
  async #untilLed(topic: string): Promise<void> {
    const { cluster } = this.#options
    try {
      for (const { partition } of await cluster.partitions(topic)) cluster.leader(topic, partition)
    } catch (error) {
      if (!(error instanceof UnknownTopicError)) throw error
      throw new BrokerError(`create ${topic}`, ErrorCode.unknownTopicOrPartition)
    }
  }

  async #check(topic: string, spec: TopicSpec): Promise<void> {
    const { cluster, minInsyncReplicas } = this.#options
    const current = await this.#settingsOf(topic)
    const partitions = await cluster.partitions(topic)
    const wrong = [
      ...this.#wrongLayout(spec, partitions),
      ...[...foundationSettings(spec, minInsyncReplicas)].flatMap(([name, asked]) =>
        wrongSetting(name, current.get(name), asked),
      ),
    ]
    if (wrong.length > 0) throw new TopicMismatchError(`the topic ${topic} has ${wrong.join('; ')}`)
    const changed = [...retentionSettings(spec)].filter(([name, asked]) => current.get(name) !== asked)
    if (changed.length === 0) return
    const request = alterTopicConfig(topic, new Map(changed))
    await cluster.persist(`alter ${topic}`, () => cluster.ask((connection) => connection.send(request)))
  }

  #wrongLayout(spec: TopicSpec, partitions: readonly PartitionMetadata[]): readonly string[] {
    const { replicationFactor } = this.#options
    const wrong: string[] = []
    if (partitions.length !== spec.partitions) {
      wrong.push(`${partitions.length} partitions instead of ${spec.partitions}`)
    }
    const copies = Math.min(...partitions.map(({ replicas }) => replicas.length))
    if (copies < replicationFactor) {
      wrong.push(`a replication factor of ${copies} instead of ${replicationFactor}`)
    }
    return wrong
  }

  #settingsOf(topic: string): Promise<ReadonlyMap<string, string | null>> {
    const { cluster } = this.#options
    return cluster.persist(`check ${topic}`, async () => {
      const { resources } = await cluster.ask((connection) =>
        connection.call('DescribeConfigs', { resources: [{ type: TOPIC, name: topic }] }),
      )
      for (const { errorCode, errorMessage } of resources)
        checkCode(`check ${topic}`, errorCode, errorMessage)
      const entries = resources.flatMap(({ configEntries }) => configEntries)
      return new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
    })
  }
}

function wrongSetting(name: string, current: string | null | undefined, asked: string): readonly string[] {
  const isRight = AT_LEAST.has(name) ? Number(current) >= Number(asked) : current === asked
  return isRight ? [] : [`${name}=${current ?? ''} instead of ${asked}`]
}
