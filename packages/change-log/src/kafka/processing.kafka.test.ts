import { describe, expect, onTestFinished, test } from 'vitest'
import { kafkaForTests } from '../../../../test/kafka/kafka-for-tests.ts'
import type { ChangeLog, LogRecord } from '../change-log.ts'
import { newTopic, record, testSignal } from '../contract/contract-subject.ts'
import { copying } from '../contract/copying.ts'
import { openKafkaLog } from './testing/kafka-log.ts'

const WRITERS = 4

const { brokers, missing } = await kafkaForTests()

describe.skipIf(missing)('processing on Kafka', () => {
  test('tells of what comes in for as long as a commit is under way, and hands all of it over next', async () => {
    const log = await openKafkaLog(brokers, {})
    onTestFinished(() => log[Symbol.asyncDispose]())
    const [edits, changes] = [await newTopic(log), await newTopic(log)]
    const stop = testSignal()
    const writers = Array.from({ length: WRITERS }, () => appendOnAndOn(log, edits, stop.signal))
    const options = copying(edits, changes)
    /** During one commit. */
    let told: (readonly string[])[] = []
    let tellingsMax = 0
    await log.process({
      ...options,
      handler: (records, context) => {
        expect(placesOf(records).slice(0, told.flat().length)).toEqual(told.flat())
        tellingsMax = Math.max(tellingsMax, told.length)
        told = []
        if (tellingsMax > 1) stop.abort()
        return options.handler(records, context)
      },
      onUpcoming: (records) => told.push(placesOf(records)),
      signal: stop.signal,
    })
    await Promise.all(writers)
    expect(tellingsMax).toBeGreaterThan(1)
  })
})

async function appendOnAndOn(log: ChangeLog, topic: string, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    await log.append([record(topic, `page-${number}`, `${number}`)])
  }
}

function placesOf(records: readonly LogRecord[]): readonly string[] {
  return records.map(({ partition, offset }) => `${partition}/${offset}`)
}
