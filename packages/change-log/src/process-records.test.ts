import { expect, test } from 'vitest'
import type { ProcessOptions } from './change-log.ts'
import { allRecords, endsOf, newTopic, record, testSignal, textOf } from './contract/contract-subject.ts'
import { InMemoryChangeLog } from './in-memory-change-log.ts'

test('what a member still handles when its partitions go to another one is not committed a second time', async () => {
  const log = new InMemoryChangeLog()
  const [edits, changes] = [await newTopic(log, { partitions: 2 }), await newTopic(log)]
  await log.append(Array.from({ length: 20 }, (_, index) => record(edits, `page-${index}`, `${index}`)))
  const slowMayGoOn = Promise.withResolvers<void>()
  const slowHasBegun = Promise.withResolvers<void>()
  const copy: ProcessOptions['handler'] = async (records) => ({
    append: records.map(({ key, value }) => ({ topic: changes, key, headers: {}, value })),
    onCommit: () => {},
  })
  const options = { group: 'copy', topic: edits, batchRecordsMax: 100, batchBytesMax: 100_000 }
  const [slow, quick] = [testSignal(), testSignal()]
  const slowMember = log.process({
    ...options,
    signal: slow.signal,
    handler: async (records, context) => {
      slowHasBegun.resolve()
      await slowMayGoOn.promise
      return copy(records, context)
    },
  })
  await slowHasBegun.promise
  const quickMember = log.process({ ...options, signal: quick.signal, handler: copy })
  await untilSomethingIsIn(log, changes)
  slowMayGoOn.resolve()
  await untilHandled(log, edits)
  slow.abort()
  quick.abort()
  await Promise.all([slowMember, quickMember])
  const numbers = (await allRecords(log, changes)).map((found) => Number(textOf(found)))
  expect(numbers.sort((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, index) => index))
})

test('an error of a handler after the signal has aborted is not one any more', async () => {
  const log = new InMemoryChangeLog()
  const edits = await newTopic(log)
  await log.append([record(edits, 'a', '1')])
  const controller = testSignal()
  const handler = async () => {
    controller.abort()
    throw new Error('aborted in the middle')
  }
  const options = { group: 'g', topic: edits, batchRecordsMax: 1, batchBytesMax: 1 }
  await expect(log.process({ ...options, handler, signal: controller.signal })).resolves.toBeUndefined()
  expect(await log.committed('g', edits)).toEqual([0n, 0n, 0n])
})

async function untilSomethingIsIn(log: InMemoryChangeLog, topic: string): Promise<void> {
  while ((await endsOf(log, topic)).every((end) => end === 0n)) await nextTurn()
}

async function untilHandled(log: InMemoryChangeLog, topic: string): Promise<void> {
  const ends = await endsOf(log, topic)
  const isBehind = (offset: bigint, partition: number) => offset < (ends[partition] ?? 0n)
  while ((await log.committed('copy', topic)).some(isBehind)) await nextTurn()
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
