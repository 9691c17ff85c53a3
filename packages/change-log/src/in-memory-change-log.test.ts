import { expect, test } from 'vitest'
import { runChangeLogContract } from './change-log.contract.ts'
import { newTopic, testSignal } from './contract/contract-subject.ts'
import { LogClosedError } from './errors.ts'
import { InMemoryChangeLog } from './in-memory-change-log.ts'

runChangeLogContract('InMemoryChangeLog', async () => {
  const log = new InMemoryChangeLog()
  return {
    log,
    sweep: async () => log.sweep(),
    reopen: undefined,
    close: () => log[Symbol.asyncDispose](),
  }
})

test('InMemoryChangeLog keeps timestamps from decreasing when the clock is set back', async () => {
  let nowMs = 1000
  const log = new InMemoryChangeLog(() => nowMs)
  await log.ensureTopics([
    { name: 'edits', partitions: 1, cleanup: 'delete', retentionMs: undefined, retentionBytes: undefined },
  ])
  await log.append([{ topic: 'edits', key: 'a', headers: {}, value: null }])
  nowMs = 500
  await log.append([{ topic: 'edits', key: 'a', headers: {}, value: null }])
  expect(await log.offsetsForTime('edits', 1000)).toEqual([0n])
  expect(await log.offsetsForTime('edits', 1001)).toEqual([2n])
})

test('InMemoryChangeLog ends waiting readers with an error when it is closed', async () => {
  const log = new InMemoryChangeLog()
  const topic = await newTopic(log, { partitions: 1 })
  const options = { topic, from: [0n], batchBytesMax: 1000, signal: testSignal().signal }
  const batches = log.read(options)[Symbol.asyncIterator]()
  await batches.next()
  const waiting = expect(batches.next()).rejects.toThrow(LogClosedError)
  await log[Symbol.asyncDispose]()
  await waiting
})
