import kafkajs, { type Kafka } from 'kafkajs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { kafkaForTests } from '../../../../test/kafka/kafka-for-tests.ts'
import { allRecords, endsOf, newTopic, record, recordsBetween, textOf } from '../contract/contract-subject.ts'
import type { KafkaChangeLog } from './kafka-change-log.ts'
import { kafkaLogOptions, openKafkaLog } from './testing/kafka-log.ts'

const { brokers, missing } = await kafkaForTests()

describe.skipIf(missing)('what other Kafka clients write', () => {
  test('of transactions, readers get what is committed, from wherever they start', async () => {
    const { log, topic, kafkaName, client } = await subject()
    const producer = client.producer({ transactionalId: topic, maxInFlightRequests: 1 })
    await producer.connect()
    onTestFinished(() => producer.disconnect())
    const transaction = async (text: string, how: 'commit' | 'abort') => {
      const begun = await producer.transaction()
      for (const half of ['first', 'second']) {
        await begun.send({ topic: kafkaName, messages: [{ key: 'a', value: `${text}, ${half} half` }] })
        await log.append([record(topic, 'a', `beside ${half} half of ${text}`)])
      }
      await begun[how]()
    }
    await transaction('committed', 'commit')
    await transaction('aborted', 'abort')
    await transaction('aborted again', 'abort')
    await transaction('committed at last', 'commit')
    const found = await allRecords(log, topic)
    expect(found.filter(({ value }) => textOf({ value }).includes('abort')).map(textOf)).toEqual([
      'beside first half of aborted',
      'beside second half of aborted',
      'beside first half of aborted again',
      'beside second half of aborted again',
    ])
    expect(found).toHaveLength(12)
    const until = await endsOf(log, topic)
    for (let from = 0n; from < (until[0] ?? 0n); from++) {
      const rest = await recordsBetween(log, topic, { from: [from], until }, 1)
      expect(rest.map(({ offset }) => offset)).toEqual(
        found.map(({ offset }) => offset).filter((offset) => offset >= from),
      )
    }
  })

  test('an open transaction holds readers up at its first record, and what comes behind it is not lost', async () => {
    const { log, topic, kafkaName, client } = await subject()
    const producer = client.producer({ transactionalId: topic, maxInFlightRequests: 1 })
    await producer.connect()
    onTestFinished(() => producer.disconnect())
    const begun = await producer.transaction()
    await begun.send({ topic: kafkaName, messages: [{ key: 'a', value: 'open' }] })
    await log.append([record(topic, 'a', 'behind it')])
    const reading = allRecords(log, topic)
    await begun.commit()
    expect((await reading).map(textOf)).toEqual(['open', 'behind it'])
  })

  test('gzip, no key, a header twice and times of the writer are read', async () => {
    const { log, topic, kafkaName, client } = await subject()
    const producer = client.producer()
    await producer.connect()
    onTestFinished(() => producer.disconnect())
    await producer.send({
      topic: kafkaName,
      compression: kafkajs.CompressionTypes.GZIP,
      messages: [
        { value: 'without a key', headers: { note: ['first', 'second'] } },
        { key: 'b', value: null, timestamp: '1000' },
      ],
    })
    const [first, second] = await allRecords(log, topic)
    expect(first).toMatchObject({ key: '', offset: 0n, headers: { note: Buffer.from('second') } })
    expect(second).toMatchObject({ key: 'b', offset: 1n, value: null })
    // The topic takes the broker's time.
    expect(second?.timestampMs).toBe(first?.timestampMs)
  })
})

interface Subject {
  readonly log: KafkaChangeLog
  readonly topic: string
  readonly kafkaName: string
  readonly client: Kafka
}

async function subject(): Promise<Subject> {
  const log = await openKafkaLog(brokers)
  onTestFinished(() => log[Symbol.asyncDispose]())
  const topic = await newTopic(log, { partitions: 1 })
  const kafkaName = `${kafkaLogOptions(brokers).namePrefix}${topic}`
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  return { log, topic, kafkaName, client }
}
