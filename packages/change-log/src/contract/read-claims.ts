import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChangeLog, RecordBatch } from '../change-log.ts'
import { OffsetBeyondEndError } from '../errors.ts'
import {
  allRecords,
  earliestOf,
  endsOf,
  linesOf,
  millisecondsLater,
  newTopic,
  type OpenSubject,
  record,
  recordsBetween,
  subjectOf,
  testSignal,
  textOf,
} from './contract-subject.ts'

const BATCHES_HELD = 3

export function readClaims(open: OpenSubject): void {
  describe('read:', () => {
    test('gives each partition in the order of its offsets', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      await appendPages(log, topic, 100)
      const offsets = new Map<number, bigint[]>()
      for (const { partition, offset } of await allRecords(log, topic)) {
        offsets.set(partition, [...(offsets.get(partition) ?? []), offset])
      }
      for (const [partition, end] of (await endsOf(log, topic)).entries()) {
        expect(offsets.get(partition)).toEqual(
          Array.from({ length: Number(end) }, (_, offset) => BigInt(offset)),
        )
      }
    })

    test('starts at the offset of each partition', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      await appendPages(log, topic, 60)
      const until = await endsOf(log, topic)
      const from = until.map((end) => end / 2n)
      const found = await recordsBetween(log, topic, { from, until })
      const expected = (await allRecords(log, topic)).filter(
        ({ partition, offset }) => offset >= (from[partition] ?? 0n),
      )
      expect(linesOf(found)).toEqual(linesOf(expected))
    })

    test('tells a reader that starts at the tip at once that the log can be read', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      for (const records of [[], [record(topic, 'a', 'old')]]) {
        await log.append(records)
        const from = await endsOf(log, topic)
        const { value } = await readFrom(log, topic, from).next()
        expect(value).toEqual({ partition: 0, records: [], nextOffset: from[0], endOffset: from[0] })
      }
    })

    test('follows the tip: a waiting reader gets what is appended', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      await log.append([record(topic, 'a', 'old')])
      const batches = readFrom(log, topic, await endsOf(log, topic))
      for (const text of ['1', '2', '3']) {
        const next = batches.next()
        await log.append([record(topic, 'a', text)])
        expect((await withRecords(next, batches)).records.map(textOf)).toEqual([text])
      }
    })

    test('wakes every waiting reader', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      const readers = Array.from({ length: 10 }, () => readFrom(log, topic, [0n, 0n, 0n]))
      const waiting = readers.map((reader) => withRecords(reader.next(), reader))
      await log.append([record(topic, 'a', 'for all')])
      for (const { records } of await Promise.all(waiting)) expect(records.map(textOf)).toEqual(['for all'])
    })

    test('ends without an error when the signal aborts, also while it waits', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      const controller = testSignal()
      const batches = readFrom(log, topic, [0n, 0n, 0n], controller.signal)
      // That it is at the tip.
      await batches.next()
      const waiting = batches.next()
      controller.abort()
      expect((await waiting).done).toBe(true)
      const afterwards = readFrom(log, topic, [0n, 0n, 0n], controller.signal)
      expect((await afterwards.next()).done).toBe(true)
    })

    test('ends a batch after the record that reaches the size', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      await log.append(Array.from({ length: 10 }, (_, index) => record(topic, 'a', `${index}`.repeat(1000))))
      const batches = readFrom(log, topic, [0n], undefined, 1500)
      const sizes: number[] = []
      let nextOffset = 0n
      while (nextOffset < 10n) {
        const batch = await batchOf(batches.next())
        sizes.push(batch.records.length)
        nextOffset = batch.nextOffset
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(2)
      expect(sizes.reduce((sum, size) => sum + size)).toBe(10)
    })

    test('leaves the records of a batch alone until it is given back', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      const texts = Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(3_000, '.'))
      await log.append(texts.map((text) => record(topic, 'a', text)))
      const held: RecordBatch[] = []
      const passed: string[] = []
      const giveBackFirst = () => {
        const batch = held.shift()
        passed.push(...(batch?.records ?? []).map(textOf))
        batch?.giveBack?.()
      }
      const batches = readFrom(log, topic, [0n], undefined, 50_000)
      for (let nextOffset = 0n; nextOffset < 200n; ) {
        const batch = await batchOf(batches.next())
        nextOffset = batch.nextOffset
        held.push(batch)
        if (held.length > BATCHES_HELD) giveBackFirst()
      }
      while (held.length > 0) giveBackFirst()
      expect(passed).toEqual(texts)
    })

    test('gives a record that is larger than a batch', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      await log.append([record(topic, 'a', 'x'.repeat(300_000)), record(topic, 'a', 'small')])
      const found = await recordsBetween(log, topic, { from: [0n], until: [2n] }, 10)
      expect(found.map(({ value }) => value?.length)).toEqual([300_000, 5])
    })

    test('tells how far behind the reader is', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      await log.append(Array.from({ length: 5 }, (_, index) => record(topic, 'a', `${index}`)))
      const batches = readFrom(log, topic, [0n], undefined, 1)
      const { nextOffset, endOffset } = await batchOf(batches.next())
      expect(nextOffset).toBe(1n)
      expect(endOffset).toBe(5n)
    })

    test('refuses an offset that the log has not reached, but not the end itself', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      await log.append([record(topic, 'a', '1')])
      await expect(readFrom(log, topic, [2n]).next()).rejects.toThrow(OffsetBeyondEndError)
      await expect(readFrom(log, topic, [2n ** 80n]).next()).rejects.toThrow(OffsetBeyondEndError)
      const atTheEnd = readFrom(log, topic, [1n])
      const waiting = withRecords(atTheEnd.next(), atTheEnd)
      await log.append([record(topic, 'a', '2')])
      expect((await waiting).records.map(textOf)).toEqual(['2'])
    })

    test('refuses a position with another number of partitions', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 2 })
      await expect(readFrom(log, topic, [0n]).next()).rejects.toThrow(OffsetBeyondEndError)
    })

    test('gives the same records, however the reading is split', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      await appendPages(log, topic, 150)
      const from = await earliestOf(log, topic)
      const until = await endsOf(log, topic)
      const uncut = linesOf(await recordsBetween(log, topic, { from, until }))
      const fraction = fc.double({ min: 0, max: 1, noNaN: true })
      const cut = fc.record({
        at: fc.array(fraction, { minLength: 3, maxLength: 3 }),
        batchBytesMax: fc.integer({ min: 1, max: 5000 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(cut, { maxLength: 4 }), async (cuts) => {
          const pieces: string[] = []
          let start = from
          for (const { at, batchBytesMax } of [...cuts, { at: [1, 1, 1], batchBytesMax: 3000 }]) {
            const stop = until.map((end, index) => between(start[index] ?? 0n, end, at[index] ?? 1))
            pieces.push(
              ...linesOf(await recordsBetween(log, topic, { from: start, until: stop }, batchBytesMax)),
            )
            start = stop
          }
          expect(pieces.sort()).toEqual(uncut)
        }),
        { numRuns: 25 },
      )
    })
  })

  describe('offsetsForTime:', () => {
    test('finds the first record that is at least as new', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      for (let index = 0; index < 20; index++) {
        await log.append([record(topic, 'a', `${index}`)])
        await millisecondsLater(1)
      }
      const found = await allRecords(log, topic)
      for (const { timestampMs } of found) {
        const first = found.find((candidate) => candidate.timestampMs >= timestampMs)
        expect(await log.offsetsForTime(topic, timestampMs)).toEqual([first?.offset])
      }
    })

    test('is the beginning for a time before the log and the end for one after it', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      await appendPages(log, topic, 20)
      expect(await log.offsetsForTime(topic, 0)).toEqual(await earliestOf(log, topic))
      expect(await log.offsetsForTime(topic, Date.now() + 3_600_000)).toEqual(await endsOf(log, topic))
    })
  })
}

async function appendPages(log: ChangeLog, topic: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 10) {
    const pages = Array.from({ length: 10 }, (_, page) =>
      record(topic, `page-${page}`, `${index} ${'x'.repeat(page * 40)}`),
    )
    await log.append(pages)
  }
}

function readFrom(
  log: ChangeLog,
  topic: string,
  from: readonly bigint[],
  signal = testSignal().signal,
  batchBytesMax = 64 * 1024,
): AsyncIterator<RecordBatch> {
  return log.read({ topic, from, batchBytesMax, signal })[Symbol.asyncIterator]()
}

async function batchOf(next: Promise<IteratorResult<RecordBatch>>): Promise<RecordBatch> {
  const { done, value } = await next
  if (done === true) throw new Error('the reading has ended')
  return value
}

/** The first batch that has records: empty ones only move the position. */
async function withRecords(
  next: Promise<IteratorResult<RecordBatch>>,
  batches: AsyncIterator<RecordBatch>,
): Promise<RecordBatch> {
  const batch = await batchOf(next)
  return batch.records.length > 0 ? batch : withRecords(batches.next(), batches)
}

function between(low: bigint, high: bigint, fraction: number): bigint {
  return low + BigInt(Math.round(Number(high - low) * fraction))
}
