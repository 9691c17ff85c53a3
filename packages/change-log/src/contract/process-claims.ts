import { describe, expect, test } from 'vitest'
import type { LogRecord, ProcessOptions, RecordPosition } from '../change-log.ts'
import {
  allRecords,
  endsOf,
  newTopic,
  type OpenSubject,
  record,
  subjectOf,
  testSignal,
} from './contract-subject.ts'
import {
  appendNumbers,
  copiesOf,
  copying,
  numbers,
  numbersOf,
  processUntil,
  processUntilAt,
} from './copying.ts'

export function processClaims(open: OpenSubject): void {
  describe('process:', () => {
    test('appends one output per record and commits the group with it', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 50)
      await processUntilAt(log, copying(edits, changes))
      expect(numbersOf(await allRecords(log, changes))).toEqual(numbers(50))
      expect(await log.committed('copy', edits)).toEqual(await endsOf(log, edits))
    })

    test('follows the tip', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      const done = processUntil(log, copying(edits, changes), 20)
      await appendNumbers(log, edits, 20)
      await done
      expect(numbersOf(await allRecords(log, changes))).toEqual(numbers(20))
    })

    test('hands over the records of a partition in order, never more than was asked for', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 60)
      const handled: LogRecord[] = []
      const sizes: number[] = []
      const options = copying(edits, changes)
      await processUntilAt(log, {
        ...options,
        batchRecordsMax: 7,
        handler: (records, context) => {
          handled.push(...records)
          sizes.push(records.length)
          return options.handler(records, context)
        },
      })
      expect(Math.max(...sizes)).toBeLessThanOrEqual(7)
      for (const partition of [0, 1, 2]) {
        const offsets = handled.filter((found) => found.partition === partition).map(({ offset }) => offset)
        expect(offsets).toEqual(offsets.map((_, index) => BigInt(index)))
      }
    })

    test('tells while it commits what comes next, and hands it over next', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 60)
      const placesOf = (records: readonly LogRecord[]) =>
        records.map(({ partition, offset, value }) => `${partition}/${offset} ${value}`)
      const handled: (readonly string[])[] = []
      /** Behind what was handled so far, in as many pieces as it comes. */
      let told: string[] = []
      let toldOf = 0
      const options = copying(edits, changes)
      await processUntilAt(log, {
        ...options,
        batchRecordsMax: 10,
        handler: (records, context) => {
          const places = placesOf(records)
          expect(places.slice(0, told.length)).toEqual(told)
          toldOf += told.length
          told = []
          handled.push(places)
          return options.handler(records, context)
        },
        onUpcoming: (records) => told.push(...placesOf(records)),
      })
      expect(handled.flat()).toHaveLength(60)
      expect(toldOf).toBe(60 - (handled[0]?.length ?? 0))
    })

    test('calls the handler once at a time', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 30)
      let running = 0
      const options = copying(edits, changes)
      await processUntilAt(log, {
        ...options,
        batchRecordsMax: 3,
        handler: async (records, context) => {
          expect(++running).toBe(1)
          await new Promise((resolve) => setImmediate(resolve))
          running--
          return options.handler(records, context)
        },
      })
    })

    test('rejects with the error of a handler, and the next call handles the same records: each comes out once', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 40)
      const options = copying(edits, changes)
      let calls = 0
      const failing: ProcessOptions = {
        ...options,
        batchRecordsMax: 5,
        handler: (records, context) => {
          if (++calls % 3 === 0) throw new Error('the handler failed')
          return options.handler(records, context)
        },
      }
      await expect(processUntilAt(log, failing)).rejects.toThrow('the handler failed')
      let failures = 1
      for (;;) {
        const failure = await processUntilAt(log, failing).catch((error: unknown) => error)
        if (failure === undefined) break
        failures++
      }
      expect(failures).toBeGreaterThan(2)
      expect(numbersOf(await allRecords(log, changes))).toEqual(numbers(40))
    })

    test('commits output and positions together or not at all', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 10)
      const unknown = record('contract-never-created', 'a', 'refused')
      const attempt = processUntilAt(log, {
        ...copying(edits, changes),
        handler: async (records) => ({
          append: [...copiesOf(records, changes), unknown],
          onCommit: () => {},
        }),
      })
      await expect(attempt).rejects.toThrow('contract-never-created')
      expect(await log.committed('copy', edits)).toEqual([0n, 0n, 0n])
      expect(await endsOf(log, changes)).toEqual([0n, 0n, 0n])
    })

    test('tells after the commit where the output is', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 10)
      const told = new Map<string, RecordPosition>()
      await processUntilAt(log, {
        ...copying(edits, changes),
        handler: async (records) => {
          const append = copiesOf(records, changes)
          const onCommit = (positions: readonly RecordPosition[]) => {
            for (const [index, position] of positions.entries()) told.set(append[index]?.key ?? '', position)
          }
          return { append, onCommit }
        },
      })
      const output = await allRecords(log, changes)
      expect(told.size).toBe(10)
      for (const { key, topic, partition, offset } of output) {
        expect(told.get(key)).toEqual({ topic, partition, offset })
      }
    })

    test('commits records that have no output', async () => {
      const { log } = await subjectOf(open)
      const edits = await newTopic(log)
      await appendNumbers(log, edits, 10)
      const handler = async () => ({ append: [], onCommit: () => {} })
      await processUntilAt(log, { ...copying(edits, edits), handler })
      expect(await log.committed('copy', edits)).toEqual(await endsOf(log, edits))
    })

    test('ends when the signal aborts, also while it waits for records', async () => {
      const { log } = await subjectOf(open)
      const edits = await newTopic(log)
      const controller = testSignal()
      const done = log.process({ ...copying(edits, edits), signal: controller.signal })
      controller.abort()
      await expect(done).resolves.toBeUndefined()
    })
  })
}
