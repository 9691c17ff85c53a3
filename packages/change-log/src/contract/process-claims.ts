import { describe, expect, test } from 'vitest'
import type { ChangeLog, LogRecord, NewRecord, ProcessOptions, RecordPosition } from '../change-log.ts'
import { OffsetTrimmedError } from '../errors.ts'
import {
  allRecords,
  endsOf,
  newTopic,
  type OpenSubject,
  record,
  subjectOf,
  testSignal,
  textOf,
} from './contract-subject.ts'

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

    test('keeps two groups apart', async () => {
      const { log } = await subjectOf(open)
      const [edits, left, right] = [await newTopic(log), await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 20)
      await processUntilAt(log, { ...copying(edits, left), group: 'left' })
      expect(await log.committed('right', edits)).toEqual([0n, 0n, 0n])
      await processUntilAt(log, { ...copying(edits, right), group: 'right' })
      expect(numbersOf(await allRecords(log, left))).toEqual(numbers(20))
      expect(numbersOf(await allRecords(log, right))).toEqual(numbers(20))
    })

    test('shares the partitions among the members of a group: each record comes out once', async () => {
      const { log } = await subjectOf(open)
      const [edits, changes] = [await newTopic(log, { partitions: 6 }), await newTopic(log)]
      const options = { ...copying(edits, changes), batchRecordsMax: 4 }
      const first = testSignal()
      const second = testSignal()
      const members = [first, second].map(({ signal }) => log.process({ ...options, signal }))
      await appendNumbers(log, edits, 60)
      await untilCommitted(log, 'copy', edits, await endsOf(log, edits))
      first.abort()
      await members[0]
      await appendNumbers(log, edits, 10)
      await untilCommitted(log, 'copy', edits, await endsOf(log, edits))
      second.abort()
      await members[1]
      expect(numbersOf(await allRecords(log, changes))).toEqual(
        [...numbers(60), ...numbers(10)].sort(byNumber),
      )
    })

    test('tells the handler when its partitions change', async () => {
      const { log } = await subjectOf(open)
      const edits = await newTopic(log)
      const generations: number[] = []
      const seen = Promise.withResolvers<void>()
      const handler: ProcessOptions['handler'] = async (_records, { generation }) => {
        generations.push(generation)
        seen.resolve()
        return { append: [], onCommit: () => {} }
      }
      const first = testSignal()
      const staying = log.process({ ...copying(edits, edits), handler, signal: first.signal })
      await appendNumbers(log, edits, 30)
      await seen.promise
      const second = testSignal()
      const joining = log.process({ ...copying(edits, edits), signal: second.signal })
      await untilCommitted(log, 'copy', edits, await endsOf(log, edits))
      second.abort()
      await joining
      await appendNumbers(log, edits, 30)
      await untilCommitted(log, 'copy', edits, await endsOf(log, edits))
      first.abort()
      await staying
      expect(new Set(generations).size).toBeGreaterThan(1)
    })

    test('begins a new group at the first record that is kept', async () => {
      const { log, sweep } = await subjectOf(open)
      const edits = await newTopic(log, { partitions: 1, retentionBytes: 100_000 })
      const changes = await newTopic(log)
      await appendLarge(log, edits, 20)
      await sweep()
      const kept = (await allRecords(log, edits)).length
      expect(kept).toBeLessThan(20)
      await processUntilAt(log, copying(edits, changes))
      expect(await allRecords(log, changes)).toHaveLength(kept)
    })

    test('refuses to skip records that retention removed before the group handled them', async () => {
      const { log, sweep } = await subjectOf(open)
      const edits = await newTopic(log, { partitions: 1, retentionBytes: 100_000 })
      await log.append([record(edits, 'a', 'handled')])
      await processUntilAt(log, copying(edits, await newTopic(log)))
      await appendLarge(log, edits, 20)
      await sweep()
      const behind = log.process({ ...copying(edits, edits), signal: testSignal().signal })
      await expect(behind).rejects.toThrow(OffsetTrimmedError)
    })

    test('remembers the positions of a group when the log is opened again', async ({ skip }) => {
      const { log, reopen } = await subjectOf(open)
      if (reopen === undefined) return skip('nothing outlives this adapter')
      const [edits, changes] = [await newTopic(log), await newTopic(log)]
      await appendNumbers(log, edits, 20)
      await processUntilAt(log, copying(edits, changes))
      const again = await reopen()
      await appendNumbers(again, edits, 5)
      await processUntilAt(again, copying(edits, changes))
      expect(numbersOf(await allRecords(again, changes))).toEqual(
        [...numbers(20), ...numbers(5)].sort(byNumber),
      )
    })
  })
}

/** Copies each record to another topic. */
function copying(from: string, to: string): ProcessOptions {
  return {
    group: 'copy',
    topic: from,
    batchRecordsMax: 100,
    batchBytesMax: 1024 * 1024,
    handler: async (records) => ({ append: copiesOf(records, to), onCommit: () => {} }),
    signal: new AbortController().signal,
  }
}

function copiesOf(records: readonly LogRecord[], topic: string): readonly NewRecord[] {
  return records.map(({ key, value }) => ({ topic, key, headers: {}, value }))
}

async function appendNumbers(log: ChangeLog, topic: string, count: number): Promise<void> {
  await log.append(numbers(count).map((number) => record(topic, `page-${number}`, `${number}`)))
}

async function appendLarge(log: ChangeLog, topic: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++)
    await log.append([record(topic, `${index}`, 'x'.repeat(20_000))])
}

/** Runs until the group has handled all that is there now. */
async function processUntilAt(log: ChangeLog, options: ProcessOptions): Promise<void> {
  const ends = await endsOf(log, options.topic)
  const controller = testSignal()
  const processing = log.process({ ...options, signal: controller.signal })
  await Promise.race([processing, untilCommitted(log, options.group, options.topic, ends, controller.signal)])
  controller.abort()
  await processing
}

/** Runs until so many outputs are committed. */
async function processUntil(log: ChangeLog, options: ProcessOptions, outputs: number): Promise<void> {
  const controller = testSignal()
  let committed = 0
  await log.process({
    ...options,
    signal: controller.signal,
    handler: async (records, context) => {
      const { append, onCommit } = await options.handler(records, context)
      const count = (positions: readonly RecordPosition[]) => {
        onCommit(positions)
        committed += positions.length
        if (committed >= outputs) controller.abort()
      }
      return { append, onCommit: count }
    },
  })
}

async function untilCommitted(
  log: ChangeLog,
  group: string,
  topic: string,
  ends: readonly bigint[],
  signal: AbortSignal = testSignal().signal,
): Promise<void> {
  while (!signal.aborted) {
    const positions = await log.committed(group, topic)
    if (positions.every((offset, partition) => offset >= (ends[partition] ?? 0n))) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function byNumber(left: number, right: number): number {
  return left - right
}

function numbersOf(records: readonly LogRecord[]): readonly number[] {
  return records.map((found) => Number(textOf(found))).sort(byNumber)
}
