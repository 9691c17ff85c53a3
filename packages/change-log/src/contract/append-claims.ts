import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RECORD_BYTES_MAX } from '../change-log.ts'
import { RecordTooLargeError, UnknownTopicError } from '../errors.ts'
import {
  allRecords,
  endsOf,
  linesOf,
  newTopic,
  type OpenSubject,
  record,
  subjectOf,
  textOf,
  tombstone,
} from './contract-subject.ts'

export function appendClaims(open: OpenSubject): void {
  describe('append:', () => {
    test('resolves with the positions in the order given, and the records are there', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      const keys = Array.from({ length: 30 }, (_, index) => `page-${index}`)
      const positions = await log.append(keys.map((key) => record(topic, key, `text of ${key}`)))
      const found = await allRecords(log, topic)
      expect(positions).toHaveLength(keys.length)
      for (const [index, key] of keys.entries()) {
        expect(found.find((candidate) => candidate.key === key)).toMatchObject(positions[index] ?? {})
      }
    })

    test('numbers each partition from 0 without a hole', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      const first = await log.append([record(topic, 'a', '1'), record(topic, 'b', '2')])
      const second = await log.append([record(topic, 'a', '3')])
      expect([...first, ...second].map(({ offset }) => offset)).toEqual([0n, 1n, 2n])
    })

    test('keeps the order of a key over appends that were not waited for', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      const numbers = Array.from({ length: 200 }, (_, index) => index)
      await Promise.all(numbers.map((number) => log.append([record(topic, 'one page', `${number}`)])))
      expect((await allRecords(log, topic)).map(textOf)).toEqual(numbers.map(String))
    })

    test('resolves for nothing at all', async () => {
      const { log } = await subjectOf(open)
      expect(await log.append([])).toEqual([])
      expect(await log.transact([])).toEqual([])
    })

    test('lets the caller use its buffers again', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      const value = Buffer.from('as it was')
      await log.append([{ topic, key: 'a', headers: { note: value }, value }])
      value.fill(0)
      const [found] = await allRecords(log, topic)
      expect(Buffer.from(found?.value ?? []).toString()).toBe('as it was')
      expect(Buffer.from(found?.headers.note ?? []).toString()).toBe('as it was')
    })

    test('round-trips keys, headers and values of every kind', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      const bytes = fc.uint8Array({ maxLength: 300 })
      const wellFormed = fc.string({ unit: 'binary', maxLength: 40 })
      const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
      const records = fc.array(
        fc.record({
          topic: fc.constant(topic),
          key: wellFormed,
          headers: fc.dictionary(headerName, bytes, { maxKeys: 5, noNullPrototype: true }),
          value: fc.option(bytes, { nil: null }),
        }),
        { minLength: 1, maxLength: 8 },
      )
      await fc.assert(
        fc.asyncProperty(records, async (given) => {
          const before = await endsOf(log, topic)
          const positions = await log.append(given)
          const added = (await allRecords(log, topic)).filter(
            ({ partition, offset }) => offset >= (before[partition] ?? 0n),
          )
          for (const [index, { key, headers, value }] of given.entries()) {
            const position = positions[index]
            const found = added.find(
              ({ partition, offset }) => partition === position?.partition && offset === position.offset,
            )
            expect({ key: found?.key, headers: hexOf(found?.headers ?? {}) }).toEqual({
              key,
              headers: hexOf(headers),
            })
            expect(found?.value === null).toBe(value === null)
            expect(Buffer.from(found?.value ?? []).equals(Buffer.from(value ?? []))).toBe(true)
          }
        }),
        { numRuns: 25 },
      )
    })

    test('keeps a key that is no well-formed text as UTF-8 can, in the partition that belongs to that', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 7 })
      const [position] = await log.append([record(topic, 'half \ud83d of a fox', 'x')])
      const [found] = await allRecords(log, topic)
      expect(found?.key).toBe('half \ufffd of a fox')
      expect(position?.partition).toBe(log.partitionOf(topic, 'half \ufffd of a fox'))
    })

    test('tells an empty value from a tombstone', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      await log.append([record(topic, 'empty', ''), tombstone(topic, 'gone')])
      expect((await allRecords(log, topic)).map(({ value }) => value?.length ?? null)).toEqual([0, null])
    })

    test('takes a record of 16 MiB, and refuses a larger one with all that came along', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      const largest = Buffer.alloc(RECORD_BYTES_MAX - 3, 7)
      await log.append([{ topic, key: 'key', headers: {}, value: largest }])
      const larger = { topic, key: 'key!', headers: {}, value: largest }
      await expect(log.append([record(topic, 'a', 'small'), larger])).rejects.toThrow(RecordTooLargeError)
      const found = await allRecords(log, topic)
      expect(found).toHaveLength(1)
      expect(found[0]?.value === null || largest.equals(found[0]?.value ?? Buffer.of())).toBe(true)
    })

    test('gives timestamps that never decrease within a partition', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 1 })
      const startMs = Date.now()
      for (let count = 0; count < 20; count++) await log.append([record(topic, `${count}`, 'x')])
      const timestamps = (await allRecords(log, topic)).map(({ timestampMs }) => timestampMs)
      expect(timestamps).toEqual(timestamps.toSorted((left, right) => left - right))
      // Brokers have clocks of their own, so no more than "about now".
      expect(Math.abs((timestamps[0] ?? 0) - startMs)).toBeLessThan(60_000)
    })
  })

  describe('transact:', () => {
    test('appends to several topics at once', async () => {
      const { log } = await subjectOf(open)
      const left = await newTopic(log)
      const right = await newTopic(log)
      const positions = await log.transact([
        record(left, 'a', '1'),
        record(right, 'a', '2'),
        record(left, 'b', '3'),
      ])
      expect(positions.map(({ topic }) => topic)).toEqual([left, right, left])
      expect((await allRecords(log, left)).map(textOf).sort()).toEqual(['1', '3'])
      expect((await allRecords(log, right)).map(textOf)).toEqual(['2'])
    })

    test('leaves nothing visible when one of its records is refused', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log)
      await log.append([record(topic, 'a', 'before')])
      const refused = log.transact([record(topic, 'b', 'x'), record('contract-never-created', 'a', 'y')])
      await expect(refused).rejects.toThrow(UnknownTopicError)
      await log.append([record(topic, 'a', 'after')])
      expect((await allRecords(log, topic)).map(textOf)).toEqual(['before', 'after'])
    })
  })

  describe('reopening:', () => {
    test('goes on where the log was', async ({ skip }) => {
      const { log, reopen } = await subjectOf(open)
      if (reopen === undefined) return skip('nothing outlives this adapter')
      const topic = await newTopic(log, { partitions: 2 })
      await log.append([record(topic, 'a', '1'), record(topic, 'b', '2'), record(topic, 'c', '3')])
      const before = linesOf(await allRecords(log, topic))
      const ends = await endsOf(log, topic)
      const { id } = log
      const again = await reopen()
      expect(again.id).toBe(id)
      expect(linesOf(await allRecords(again, topic))).toEqual(before)
      const [position] = await again.append([record(topic, 'a', '4')])
      expect(position?.offset).toBe(ends[position?.partition ?? 0])
    })
  })
}

function hexOf(headers: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('hex')]),
  )
}
