import { describe, expect, test } from 'vitest'
import type { ProcessOptions } from '../change-log.ts'
import { OffsetTrimmedError } from '../errors.ts'
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
  appendLarge,
  appendNumbers,
  byNumber,
  copying,
  numbers,
  numbersOf,
  processUntilAt,
  untilCommitted,
} from './copying.ts'

export function groupClaims(open: OpenSubject): void {
  describe('consumer groups:', () => {
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
      let hasJoined = false
      const joinedHandler: ProcessOptions['handler'] = async () => {
        hasJoined = true
        return { append: [], onCommit: () => {} }
      }
      const joining = log.process({ ...copying(edits, edits), handler: joinedHandler, signal: second.signal })
      while (!hasJoined) {
        await appendNumbers(log, edits, 30)
        await untilCommitted(log, 'copy', edits, await endsOf(log, edits))
      }
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
