import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { kafkaForTests } from '../../../../test/kafka/kafka-for-tests.ts'
import type { NewRecord, RecordPosition } from '../change-log.ts'
import { allRecords, newTopic, record, textOf } from '../contract/contract-subject.ts'
import { LogUnavailableError } from '../errors.ts'
import type { KafkaChangeLog } from './kafka-change-log.ts'
import { kafkaLogOptions, openKafkaLog } from './testing/kafka-log.ts'

const { brokers, missing } = await kafkaForTests()
const { namePrefix } = kafkaLogOptions(brokers)

describe.skipIf(missing)('appending to Kafka', () => {
  test.each(['append', 'transact'] as const)(
    '%s of more than fits into one batch gives each its position',
    async (how) => {
      const log = await opened({})
      const topic = await newTopic(log)
      const records = Array.from({ length: 40 }, (_, index): NewRecord => {
        const value = Buffer.alloc(200_000)
        value.write(`record ${index}`)
        return { topic, key: `page-${index % 5}`, headers: {}, value }
      })
      const positions = await log[how](records)
      const found = await allRecords(log, topic)
      expect(found).toHaveLength(records.length)
      for (const [index, { value }] of records.entries()) {
        const stored = found.find((candidate) => isAt(candidate, positions[index]))
        expect(Buffer.compare(stored?.value ?? Buffer.of(), value ?? Buffer.of())).toBe(0)
      }
      for (const partition of [0, 1, 2]) {
        const offsets = positions
          .filter((position) => position.partition === partition)
          .map(({ offset }) => offset)
        expect(offsets).toEqual(offsets.toSorted((left, right) => (left < right ? -1 : 1)))
      }
    },
  )

  test('a restart under the same instance id clears away what a crash left open, so that readers need not wait for it', async () => {
    const instanceId = randomUUID()
    const log = await opened({ instanceId })
    const topic = await newTopic(log, { partitions: 1 })
    const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
    const crashed = client.producer({
      transactionalId: `${namePrefix}transactions.${instanceId}`,
      maxInFlightRequests: 1,
    })
    await crashed.connect()
    onTestFinished(() => crashed.disconnect())
    const open = await crashed.transaction()
    await open.send({ topic: `${namePrefix}${topic}`, messages: [{ key: 'a', value: 'half of something' }] })
    await log.transact([record(topic, 'a', 'after the restart')])
    expect((await allRecords(log, topic)).map(textOf)).toEqual(['after the restart'])
    await expect(open.commit()).rejects.toThrow()
  })

  test('a process whose transactions another one has taken over is refused once, and then goes on', async () => {
    const instanceId = randomUUID()
    const first = await opened({ instanceId })
    const second = await opened({ instanceId })
    const topic = await newTopic(first, { partitions: 1 })
    await first.transact([record(topic, 'a', '1')])
    await second.transact([record(topic, 'a', '2')])
    await expect(first.transact([record(topic, 'a', '3')])).rejects.toThrow(LogUnavailableError)
    await first.transact([record(topic, 'a', '4')])
    expect((await allRecords(first, topic)).map(textOf)).toEqual(['1', '2', '4'])
  })
})

async function opened(options: { readonly instanceId?: string }): Promise<KafkaChangeLog> {
  const log = await openKafkaLog(brokers, options)
  onTestFinished(() => log[Symbol.asyncDispose]())
  return log
}

function isAt(candidate: RecordPosition, position: RecordPosition | undefined): boolean {
  return candidate.partition === position?.partition && candidate.offset === position.offset
}
