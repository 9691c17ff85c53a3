import { describe, expect, test } from 'vitest'
import type { NewRecord } from '../change-log.ts'
import { LogUnavailableError, UnknownTopicError } from '../errors.ts'
import type { PartitionState } from './catalog.ts'
import { CommitQueue, type GroupMove } from './commit-queue.ts'
import type { Commit } from './writer-messages.ts'

describe('the commit queue', () => {
  test('puts what arrives while a transaction is under way into the next one, in order', async () => {
    const { queue, written, finishNext } = newQueue()
    const appends = [append(queue, 'a')]
    await written.next()
    for (const text of ['b', 'c', 'd']) appends.push(append(queue, text))
    finishNext()
    const second = await written.next()
    finishNext()
    expect(second.ends).toMatchObject([{ from: 1, to: 4 }])
    expect((await Promise.all(appends)).flat()).toMatchObject([0n, 1n, 2n, 3n].map((offset) => ({ offset })))
  })

  test('ends a transaction at 8 MiB, but takes a larger request alone', async () => {
    const { queue, written, finishNext } = newQueue()
    const sizes = [3, 3, 3, 15, 1]
    const appends = sizes.map((mebibytes) => append(queue, 'x'.repeat(mebibytes * 1024 * 1024)))
    const transactions: number[] = []
    while (transactions.reduce((sum, count) => sum + count, 0) < sizes.length) {
      const { ends } = await written.next()
      finishNext()
      transactions.push((ends[0]?.to ?? 0) - (ends[0]?.from ?? 0))
    }
    await Promise.all(appends)
    expect(transactions).toEqual([2, 1, 1, 1])
  })

  test('rejects all that was in a transaction that failed, gives its offsets out again, and goes on', async () => {
    const { queue, written, finishNext, failNext } = newQueue()
    const lost = [append(queue, 'a'), append(queue, 'b')]
    const refused = Promise.all(lost.map((each) => expect(each).rejects.toThrow(LogUnavailableError)))
    await written.next()
    failNext(new LogUnavailableError('full'))
    await refused
    const kept = append(queue, 'c')
    await written.next()
    finishNext()
    expect(await kept).toMatchObject([{ offset: 0n }])
  })

  test('refuses a move that does not start where the group stands, and does nothing else of that request', async () => {
    const { queue, written, finishNext } = newQueue({ standing: 5 })
    const outdated = queue.commit({ records: [record('never')], moves: [move(4, 6)] })
    const first = queue.commit({ records: [record('first')], moves: [move(5, 7)] })
    const repeated = queue.commit({ records: [record('again')], moves: [move(5, 7)] })
    const next = queue.commit({ records: [record('next')], moves: [move(7, 9)] })
    const { ends, positions } = await written.next()
    finishNext()
    expect(await Promise.all([outdated, first, repeated, next])).toMatchObject([
      'fenced',
      [{ offset: 0n }],
      'fenced',
      [{ offset: 1n }],
    ])
    expect(ends).toMatchObject([{ from: 0, to: 2 }])
    expect(positions.map((position) => position.next)).toEqual([7, 9])
  })

  test('refuses a record of an unknown topic before anything is written', async () => {
    const { queue } = newQueue()
    const unknown = { ...record('x'), topic: 'unknown' }
    await expect(queue.commit({ records: [record('a'), unknown], moves: [] })).rejects.toThrow(
      UnknownTopicError,
    )
  })

  test('is idle once all that waited is written', async () => {
    const { queue, written, finishNext } = newQueue()
    const first = append(queue, 'a')
    await written.next()
    const second = append(queue, 'b')
    let isIdle = false
    const idle = queue.whenIdle().then(() => {
      isIdle = true
    })
    finishNext()
    await first
    expect(isIdle).toBe(false)
    await written.next()
    finishNext()
    await Promise.all([second, idle])
  })
})

function record(text: string): NewRecord {
  return { topic: 'edits', key: 'a', headers: {}, value: Buffer.from(text) }
}

function append(queue: CommitQueue, text: string) {
  return queue.commit({ records: [record(text)], moves: [] })
}

function move(from: number, next: number): GroupMove {
  return { group: 'g', partitionId: 0, from, next }
}

/** A queue whose transactions end when the test says so. */
function newQueue({ standing } = { standing: 0 }) {
  const partition: PartitionState = { id: 0, topic: 'edits', partition: 0, end: 0, lastTimestampMs: 0 }
  const commits: Commit[] = []
  let wake = () => {}
  let current = Promise.withResolvers<void>()
  const queue = new CommitQueue({
    partitionOf: ({ topic }) => {
      if (topic !== 'edits') throw new UnknownTopicError(topic)
      return partition
    },
    standsAt: () => standing,
    clock: () => 1000,
    write: async (commit) => {
      current = Promise.withResolvers<void>()
      commits.push(commit)
      wake()
      await current.promise
      for (const { to } of commit.ends) partition.end = to
    },
  })
  const written = {
    next: async (): Promise<Commit> => {
      const commit = commits.shift()
      if (commit !== undefined) return commit
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      return written.next()
    },
  }
  return {
    queue,
    written,
    finishNext: () => current.resolve(),
    failNext: (error: Error) => current.reject(error),
  }
}
