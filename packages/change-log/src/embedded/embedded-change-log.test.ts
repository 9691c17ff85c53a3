import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  allRecords,
  earliestOf,
  endsOf,
  linesOf,
  millisecondsLater,
  newTopic,
  record,
  recordsBetween,
  testSignal,
  textOf,
} from '../contract/contract-subject.ts'
import { LogClosedError, LogReadOnlyError, LogUnavailableError, TopicMismatchError } from '../errors.ts'
import { newFolder, openReader, openWriter } from './testing/log-folder.ts'

const SPEC = { cleanup: 'delete', retentionMs: undefined, retentionBytes: undefined } as const

describe('a log opened for reading', () => {
  test('sees topics and records that were written after it was opened', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const reader = await openReader(directory)
    const topic = await newTopic(log)
    await log.append([record(topic, 'a', '1'), record(topic, 'b', '2')])
    expect(linesOf(await allRecords(reader, topic))).toEqual(linesOf(await allRecords(log, topic)))
    expect(reader.partitionOf(topic, 'a')).toBe(log.partitionOf(topic, 'a'))
  })

  test('follows the tip', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const reader = await openReader(directory)
    const topic = await newTopic(log, { partitions: 1 })
    const options = { topic, from: [0n], batchBytesMax: 1000, signal: testSignal().signal }
    const batches = reader.read(options)[Symbol.asyncIterator]()
    await batches.next()
    for (const text of ['1', '2', '3', '4', '5']) {
      const next = batches.next()
      await log.append([record(topic, 'a', text)])
      expect((await next).value?.records.map(textOf)).toEqual([text])
    }
  })

  test('is told of retention as the writer is', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const reader = await openReader(directory)
    const topic = await newTopic(log, { partitions: 1, retentionBytes: 100_000 })
    for (let index = 0; index < 20; index++) await log.append([record(topic, 'a', 'x'.repeat(20_000))])
    await log.sweep()
    expect(await reader.bounds(topic)).toEqual(await log.bounds(topic))
    expect(await earliestOf(reader, topic)).not.toEqual([0n])
  })

  test('checks topics but leaves making them to the writer', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const reader = await openReader(directory)
    await expect(reader.ensureTopics([{ name: 'edits', partitions: 2, ...SPEC }])).rejects.toThrow(
      LogUnavailableError,
    )
    await log.ensureTopics([{ name: 'edits', partitions: 2, ...SPEC }])
    await reader.ensureTopics([{ name: 'edits', partitions: 2, ...SPEC }])
    await expect(reader.ensureTopics([{ name: 'edits', partitions: 3, ...SPEC }])).rejects.toThrow(
      TopicMismatchError,
    )
  })

  test('refuses to write', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const topic = await newTopic(log)
    const reader = await openReader(directory)
    const handler = async () => ({ append: [], onCommit: () => {} })
    const limits = { batchRecordsMax: 1, batchBytesMax: 1, signal: testSignal().signal }
    await expect(reader.append([record(topic, 'a', '1')])).rejects.toThrow(LogReadOnlyError)
    await expect(reader.process({ group: 'g', topic, handler, ...limits })).rejects.toThrow(LogReadOnlyError)
    await expect(reader.sweep()).rejects.toThrow(LogReadOnlyError)
  })

  test('stays open while its writer is closed and another one comes', async () => {
    const directory = newFolder()
    const first = await openWriter(directory)
    const topic = await newTopic(first, { partitions: 1 })
    await first.append([record(topic, 'a', '1')])
    const reader = await openReader(directory)
    const options = { topic, from: [1n], batchBytesMax: 1000, signal: testSignal().signal }
    const batches = reader.read(options)[Symbol.asyncIterator]()
    await batches.next()
    const next = batches.next()
    await first[Symbol.asyncDispose]()
    const second = await openWriter(directory)
    await second.append([record(topic, 'a', '2')])
    expect((await next).value?.records.map(textOf)).toEqual(['2'])
  })
})

describe('closing a log', () => {
  test('makes durable what was appended before', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const topic = await newTopic(log, { partitions: 1 })
    const appends = Array.from({ length: 50 }, (_, index) => log.append([record(topic, 'a', `${index}`)]))
    await log[Symbol.asyncDispose]()
    await Promise.all(appends)
    expect(await allRecords(await openReader(directory), topic)).toHaveLength(50)
  })

  test.each(['write', 'read'])('ends waiting readers with an error, in mode %s', async (mode) => {
    const directory = newFolder()
    const writer = await openWriter(directory)
    const topic = await newTopic(writer, { partitions: 1 })
    const log = mode === 'write' ? writer : await openReader(directory)
    const options = { topic, from: [0n], batchBytesMax: 1000, signal: testSignal().signal }
    const batches = log.read(options)[Symbol.asyncIterator]()
    await batches.next()
    const refused = expect(batches.next()).rejects.toThrow(LogClosedError)
    await log[Symbol.asyncDispose]()
    await refused
    await expect(log.bounds(topic)).rejects.toThrow(LogClosedError)
  })

  test('refuses later appends', async () => {
    const log = await openWriter(newFolder())
    const topic = await newTopic(log)
    await log[Symbol.asyncDispose]()
    await expect(log.append([record(topic, 'a', '1')])).rejects.toThrow(LogClosedError)
    await expect(log.sweep()).rejects.toThrow(LogClosedError)
  })

  test('leaves one database file behind, with all in it', async () => {
    const directory = newFolder()
    const log = await openWriter(directory)
    const topic = await newTopic(log)
    await log.append([record(topic, 'a', '1')])
    await log[Symbol.asyncDispose]()
    expect(statSync(join(directory, 'log.db-wal'), { throwIfNoEntry: false })).toBeUndefined()
  })
})

test('retention runs by itself at its interval', async () => {
  const log = await openWriter(newFolder(), { retentionSweepIntervalMs: 5 })
  const topic = await newTopic(log, { partitions: 1, retentionMs: 1 })
  await log.append([record(topic, 'a', '1')])
  await vi.waitUntil(async () => (await earliestOf(log, topic))[0] === 1n, { timeout: 10_000 })
})

test('the write-ahead log does not grow without bound, also with readers of which one is always in the middle of a read', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 1 })
  const script = fileURLToPath(new URL('./testing/overlapping-readers.ts', import.meta.url))
  const readers = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void readers.kill('SIGKILL'))
  await once(readers.stdout, 'data')
  // Larger ones lie in files.
  const value = Buffer.alloc(100_000, 1)
  for (let index = 0; index < 2_400; index++) await log.append([{ topic, key: 'a', headers: {}, value }])
  expect(statSync(join(directory, 'log.db-wal')).size).toBeLessThan(200_000_000)
})

test('timestamps do not decrease when the clock is set back, also by a restart', async () => {
  const directory = newFolder()
  const clock = vi.spyOn(Date, 'now')
  clock.mockReturnValue(5000)
  const first = await openWriter(directory)
  const topic = await newTopic(first, { partitions: 1 })
  await first.append([record(topic, 'a', '1')])
  clock.mockReturnValue(4000)
  await first.append([record(topic, 'a', '2')])
  await first[Symbol.asyncDispose]()
  clock.mockReturnValue(3000)
  const second = await openWriter(directory)
  await second.append([record(topic, 'a', '3')])
  clock.mockRestore()
  expect((await allRecords(second, topic)).map(({ timestampMs }) => timestampMs)).toEqual([5000, 5000, 5000])
  expect(await second.offsetsForTime(topic, 5001)).toEqual([3n])
})

test('offsets by time are those that reading everything finds, after merging and retention', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const topic = await newTopic(log, { partitions: 2, retentionBytes: 700_000 })
  for (let index = 0; index < 400; index++) {
    await log.append([record(topic, `${index % 7}`, 'x'.repeat(2500))])
    if (index % 10 === 0) await millisecondsLater(1)
  }
  await log.sweep()
  const records = await allRecords(log, topic)
  const ends = await endsOf(log, topic)
  const times = records.map(({ timestampMs }) => timestampMs)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: Math.min(...times) - 2, max: Math.max(...times) + 2 }),
      async (timestampMs) => {
        const expected = ends.map((end, partition) => {
          const first = records.find(
            (found) => found.partition === partition && found.timestampMs >= timestampMs,
          )
          return first?.offset ?? end
        })
        expect(await log.offsetsForTime(topic, timestampMs)).toEqual(expected)
      },
    ),
    { numRuns: 50 },
  )
})

test('a partition of a compacted topic may become empty and go on', async () => {
  const log = await openWriter(newFolder())
  const clock = vi.spyOn(Date, 'now').mockReturnValue(1000)
  const topic = await newTopic(log, { partitions: 1, cleanup: 'compact' })
  await log.append([record(topic, 'a', '1'), { topic, key: 'a', headers: {}, value: null }])
  clock.mockRestore()
  // By the writer's clock the tombstone is decades old.
  await log.sweep()
  expect(await allRecords(log, topic)).toEqual([])
  const [position] = await log.append([record(topic, 'a', '2')])
  expect(position?.offset).toBe(2n)
  const found = await recordsBetween(log, topic, { from: [0n], until: [3n] })
  expect(found.map(textOf)).toEqual(['2'])
})
