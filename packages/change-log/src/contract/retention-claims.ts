import { describe, expect, test } from 'vitest'
import type { ChangeLog } from '../change-log.ts'
import { OffsetTrimmedError } from '../errors.ts'
import { readCompacted } from '../read-compacted.ts'
import {
  allRecords,
  endsOf,
  millisecondsLater,
  newTopic,
  type OpenSubject,
  record,
  recordsBetween,
  subjectOf,
  testSignal,
  textOf,
  tombstone,
} from './contract-subject.ts'

const RECORD_SIZE = 64 * 1024
const ONE_PARTITION = { partitions: 1, cleanup: 'delete' } as const

export function retentionClaims(open: OpenSubject): void {
  describe('retention:', () => {
    test('by size lets the oldest records go and keeps the newest', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { ...ONE_PARTITION, retentionBytes: 10 * RECORD_SIZE })
      await appendLarge(log, topic, 40)
      await sweep()
      const [bounds] = await log.bounds(topic)
      expect(bounds?.earliest).toBeGreaterThanOrEqual(30n)
      expect(bounds?.end).toBe(40n)
      const kept = await allRecords(log, topic)
      expect(kept.map(({ offset }) => offset)).toEqual(range(bounds?.earliest ?? 0n, 40n))
    })

    test('by size counts all partitions together', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 3, retentionBytes: 12 * RECORD_SIZE })
      await appendLarge(log, topic, 60)
      await sweep()
      const bytes = (await allRecords(log, topic)).reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
      expect(bytes).toBeLessThanOrEqual(12 * RECORD_SIZE)
    })

    test('by time keeps what is younger, and the end when all is gone', async () => {
      const { log, sweep } = await subjectOf(open)
      const young = await newTopic(log, { ...ONE_PARTITION, retentionMs: 3_600_000 })
      const old = await newTopic(log, { ...ONE_PARTITION, retentionMs: 1 })
      await log.append([record(young, 'a', '1'), record(old, 'a', '1')])
      await millisecondsLater(3)
      await sweep()
      expect(await log.bounds(young)).toEqual([{ earliest: 0n, end: 1n }])
      expect(await log.bounds(old)).toEqual([{ earliest: 1n, end: 1n }])
      const [position] = await log.append([record(old, 'a', '2')])
      expect(position?.offset).toBe(1n)
    })

    test('tells a reader that starts too early from where on records are kept', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { ...ONE_PARTITION, retentionBytes: 10 * RECORD_SIZE })
      await appendLarge(log, topic, 40)
      await sweep()
      const [bounds] = await log.bounds(topic)
      const reading = log.read({ topic, from: [0n], batchBytesMax: 1000, signal: testSignal().signal })
      const failure = await reading[Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(OffsetTrimmedError)
      expect(failure).toMatchObject({ topic, partition: 0, offset: 0n, earliest: bounds?.earliest })
    })

    test('overtaking a reader on its way is an error, after at most one batch that was read ahead', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { ...ONE_PARTITION, retentionBytes: 10 * RECORD_SIZE })
      await appendLarge(log, topic, 40)
      const { signal } = testSignal()
      const batches = log.read({ topic, from: [0n], batchBytesMax: 1, signal })[Symbol.asyncIterator]()
      expect((await batches.next()).value?.nextOffset).toBe(1n)
      await sweep()
      const following = async () => {
        await batches.next()
        await batches.next()
      }
      await expect(following()).rejects.toThrow(OffsetTrimmedError)
    })

    test('leaves offsets and times of what is kept alone', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { ...ONE_PARTITION, retentionBytes: 5 * RECORD_SIZE })
      await appendLarge(log, topic, 20)
      const before = await allRecords(log, topic)
      await sweep()
      for (const kept of await allRecords(log, topic)) {
        const { key, timestampMs } = before[Number(kept.offset)] ?? {}
        expect(kept).toMatchObject({ key, timestampMs })
      }
      const [bounds] = await log.bounds(topic)
      expect(await log.offsetsForTime(topic, 0)).toEqual([bounds?.earliest])
    })
  })

  describe('compaction:', () => {
    test('keeps the last record of each key, at its offset', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1, cleanup: 'compact' })
      for (const text of ['1', '2', '3']) {
        await log.append([record(topic, 'a', `a${text}`), record(topic, 'b', `b${text}`)])
      }
      await log.append([record(topic, 'c', 'c1')])
      await sweep()
      const kept = await allRecords(log, topic)
      expect(kept.map((found) => `${found.offset} ${textOf(found)}`)).toEqual(['4 a3', '5 b3', '6 c1'])
      expect(await endsOf(log, topic)).toEqual([7n])
    })

    test('goes on compacting what came after, and the end keeps moving', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1, cleanup: 'compact' })
      for (let round = 0; round < 5; round++) {
        for (let index = 0; index < 10; index++) await log.append([record(topic, 'a', `${round}.${index}`)])
        await appendNewest(log, topic)
        await sweep()
      }
      const kept = (await allRecords(log, topic)).filter(({ key }) => key === 'a')
      expect(kept.map(textOf)).toEqual(['4.9'])
      const [position] = await log.append([record(topic, 'a', 'last')])
      expect(position?.offset).toBe(55n)
    })

    test('lets a reader from any offset move over the holes', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1, cleanup: 'compact' })
      for (let index = 0; index < 30; index++) await log.append([record(topic, `${index % 7}`, `${index}`)])
      await appendNewest(log, topic)
      await sweep()
      for (let offset = 0n; offset <= 30n; offset++) {
        const found = await recordsBetween(log, topic, { from: [offset], until: [30n] }, 1)
        const expected = range(offset > 23n ? offset : 23n, 30n)
        expect(found.map((candidate) => candidate.offset)).toEqual(expected)
      }
    })

    test('keeps a tombstone as the last record of its key', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1, cleanup: 'compact' })
      await log.append([record(topic, 'a', '1'), record(topic, 'b', '1'), tombstone(topic, 'a')])
      await appendNewest(log, topic)
      await sweep()
      expect((await allRecords(log, topic)).map(textOf)).toEqual(['1', '(tombstone)', 'newest'])
    })

    test('reads as a map of what holds now, before and after', async () => {
      const { log, sweep } = await subjectOf(open)
      const topic = await newTopic(log, { cleanup: 'compact' })
      for (let index = 0; index < 50; index++) await log.append([record(topic, `${index % 9}`, `${index}`)])
      await log.append([tombstone(topic, '3')])
      const state = async () => {
        const latest = await readCompacted(log, topic, testSignal().signal)
        return [...latest].map(([key, found]) => `${key}=${textOf(found)}`).sort()
      }
      const expected = ['0=45', '1=46', '2=47', '4=49', '5=41', '6=42', '7=43', '8=44']
      expect(await state()).toEqual(expected)
      await sweep()
      expect(await state()).toEqual(expected)
    })

    test('reads an empty topic as an empty map', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { cleanup: 'compact' })
      expect(await readCompacted(log, topic, testSignal().signal)).toEqual(new Map())
    })
  })
}

async function appendLarge(log: ChangeLog, topic: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await log.append([{ topic, key: `page-${index}`, headers: {}, value: Buffer.alloc(RECORD_SIZE, index) }])
  }
}

/** Kafka never compacts what it writes to: everything before the newest record may be compacted in every adapter. */
async function appendNewest(log: ChangeLog, topic: string): Promise<void> {
  await log.append([record(topic, 'newest', 'newest')])
}

function range(from: bigint, until: bigint): readonly bigint[] {
  return Array.from({ length: Number(until - from) }, (_, index) => from + BigInt(index))
}
