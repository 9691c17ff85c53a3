import { randomUUID } from 'node:crypto'
import kafkajs, { type Admin } from 'kafkajs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { kafkaForTests } from '../../../../test/kafka/kafka-for-tests.ts'
import type { TopicSpec } from '../change-log.ts'
import { newTopic, testSignal } from '../contract/contract-subject.ts'
import { LogClosedError, OffsetBeyondEndError, TopicMismatchError } from '../errors.ts'
import { Cluster } from './cluster.ts'
import { kafkaLogOptions, openKafkaLog } from './testing/kafka-log.ts'

const { brokers, missing } = await kafkaForTests()
const GIB = 1024 ** 3

describe.skipIf(missing)('topics on Kafka', () => {
  test('are created with what the log promises, and with the retention that was asked for', async () => {
    const { log, admin, spec, kafkaName } = await subject()
    await log.ensureTopics([{ ...spec, partitions: 4, retentionMs: 86_400_000, retentionBytes: 8 * GIB }])
    expect(await settingsOf(admin, kafkaName)).toMatchObject({
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': String(17 * 1024 * 1024),
      'min.insync.replicas': '1',
      'unclean.leader.election.enable': 'false',
      'retention.ms': '86400000',
      // Of each partition; one segment less than its part, because Kafka keeps up to one more.
      'retention.bytes': String(2 * GIB - GIB / 4),
      'segment.bytes': String(GIB / 4),
    })
  })

  test('that exist get the retention that is asked for now; what else an operator has set stays', async () => {
    const { log, admin, spec, kafkaName } = await subject()
    await log.ensureTopics([spec])
    const { TOPIC } = kafkajs.ConfigResourceTypes
    const before = await settingsOf(admin, kafkaName)
    const configEntries = [...Object.entries(before), ['flush.ms', '5000']].map(([name, value]) => ({
      name,
      value,
    }))
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        { type: TOPIC, name: kafkaName, configEntries: configEntries as { name: string; value: string }[] },
      ],
    })
    await log.ensureTopics([{ ...spec, retentionMs: 1_000_000 }])
    expect(await settingsOf(admin, kafkaName)).toEqual({
      ...before,
      'flush.ms': '5000',
      'retention.ms': '1000000',
      'segment.ms': '3600000',
    })
  })

  test('that an operator created otherwise are refused, with what they have and what is asked for', async () => {
    const { log, admin, spec, kafkaName } = await subject()
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }]
    await admin.createTopics({ topics: [{ topic: kafkaName, numPartitions: 3, configEntries }] })
    const refused = log.ensureTopics([{ ...spec, partitions: 2 }])
    await expect(refused).rejects.toThrow(TopicMismatchError)
    await expect(refused).rejects.toThrow(kafkaName)
    await expect(refused).rejects.toThrow('3 partitions instead of 2')
    await expect(refused).rejects.toThrow('cleanup.policy=compact instead of delete')
    await expect(refused).rejects.toThrow('message.timestamp.type=CreateTime instead of LogAppendTime')
    await expect(refused).rejects.toThrow(/max\.message\.bytes=\d+ instead of \d+/)
  })

  test('with fewer copies than asked for are refused', async () => {
    const { log, spec } = await subject()
    await log.ensureTopics([spec])
    await using demanding = await openKafkaLog(brokers, { replicationFactor: 3, minInsyncReplicas: 2 })
    const refused = demanding.ensureTopics([spec])
    await expect(refused).rejects.toThrow('a replication factor of 1 instead of 3')
    await expect(refused).rejects.toThrow('min.insync.replicas=1 instead of 2')
  })

  test('are created by one of several processes that start at the same time', async () => {
    const { log, spec } = await subject()
    await using other = await openKafkaLog(brokers)
    await Promise.all([log.ensureTopics([spec]), other.ensureTopics([spec])])
    expect(await log.bounds(spec.name)).toEqual(await other.bounds(spec.name))
  })

  test('of another prefix are other topics, of a log with another identity', async () => {
    const { log, spec } = await subject()
    await using same = await openKafkaLog(brokers)
    await using other = await openKafkaLog(brokers, { namePrefix: 'test-other-' })
    expect(same.id).toBe(log.id)
    expect(other.id).not.toBe(log.id)
    await log.ensureTopics([spec])
    await other.ensureTopics([spec])
    await log.append([{ topic: spec.name, key: 'a', headers: {}, value: null }])
    expect(await same.bounds(spec.name)).toEqual([{ earliest: 0n, end: 1n }])
    expect(await other.bounds(spec.name)).toEqual([{ earliest: 0n, end: 0n }])
  })
})

describe.skipIf(missing)('a running log', () => {
  test('does not use partitions that are added under way; the next start finds another number', async () => {
    const { log, admin, spec, kafkaName } = await subject()
    await log.ensureTopics([spec])
    await using cluster = await Cluster.open(kafkaLogOptions(brokers))
    expect(await cluster.partitions(kafkaName)).toHaveLength(1)
    await admin.createPartitions({ topicPartitions: [{ topic: kafkaName, count: 3 }] })
    await cluster.refresh()
    expect(await cluster.partitions(kafkaName)).toHaveLength(1)
    expect(await log.bounds(spec.name)).toHaveLength(1)
    await using started = await openKafkaLog(brokers)
    await expect(started.ensureTopics([spec])).rejects.toThrow('3 partitions instead of 1')
  })

  test('refuses a position in a topic that was deleted and has not come as far again', async () => {
    const { log, admin, spec, kafkaName } = await subject()
    await log.ensureTopics([spec])
    for (const key of ['a', 'b', 'c']) await log.append([{ topic: spec.name, key, headers: {}, value: null }])
    await admin.deleteTopics({ topics: [kafkaName] })
    await using started = await openKafkaLog(brokers)
    await started.ensureTopics([spec])
    await started.append([{ topic: spec.name, key: 'a', headers: {}, value: null }])
    const { signal } = testSignal()
    const reading = started.read({ topic: spec.name, from: [3n], batchBytesMax: 1000, signal })
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toThrow(OffsetBeyondEndError)
  })

  test('ends those who wait with an error when it is closed', async () => {
    const log = await openKafkaLog(brokers)
    const topic = await newTopic(log, { partitions: 1 })
    const { signal } = testSignal()
    const reading = log.read({ topic, from: [0n], batchBytesMax: 1000, signal })[Symbol.asyncIterator]()
    expect((await reading.next()).value?.records).toEqual([])
    const waiting = expect(reading.next()).rejects.toThrow(LogClosedError)
    await log[Symbol.asyncDispose]()
    await waiting
    await expect(log.append([{ topic, key: 'a', headers: {}, value: null }])).rejects.toThrow(LogClosedError)
    await expect(log.bounds(topic)).rejects.toThrow(LogClosedError)
  })
})

async function subject() {
  const log = await openKafkaLog(brokers)
  onTestFinished(() => log[Symbol.asyncDispose]())
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  const name = `topics-${randomUUID()}`
  const spec: TopicSpec = {
    name,
    partitions: 1,
    cleanup: 'delete',
    retentionMs: undefined,
    retentionBytes: undefined,
  }
  return { log, admin, spec, kafkaName: `test-${name}` }
}

/** What was set for the topic itself. */
async function settingsOf(admin: Admin, topic: string): Promise<Readonly<Record<string, string>>> {
  const { TOPIC } = kafkajs.ConfigResourceTypes
  const { resources } = await admin.describeConfigs({
    resources: [{ type: TOPIC, name: topic }],
    includeSynonyms: false,
  })
  const TOPIC_CONFIG = 1
  const entries = resources.flatMap(({ configEntries }) => configEntries)
  return Object.fromEntries(
    entries
      .filter(({ configSource }) => Number(configSource) === TOPIC_CONFIG)
      .map(({ configName, configValue }) => [configName, configValue]),
  )
}
