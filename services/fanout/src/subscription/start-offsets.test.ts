import { copyLog, InMemoryChangeLog, type TopicSpec } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { encodeCursor } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { startOffsets } from './start-offsets.ts'

const spec: TopicSpec = {
  name: CHANGES_TOPIC,
  partitions: 2,
  cleanup: 'delete',
  retentionMs: undefined,
  retentionBytes: undefined,
}

async function logWith(records: number): Promise<InMemoryChangeLog> {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([spec])
  const keys = Array.from({ length: records }, (_, index) => `page ${index}`)
  await log.append(keys.map((key) => ({ topic: CHANGES_TOPIC, key, headers: {}, value: Buffer.from(key) })))
  return log
}

async function startOf(log: InMemoryChangeLog, cursor: ReturnType<typeof encodeCursor>) {
  return startOffsets(log, await log.bounds(CHANGES_TOPIC), { type: 'cursor', cursor })
}

describe('the start of a subscription', () => {
  it('is the same place when the log was copied into another, which then went on', async () => {
    const [old, now] = [await logWith(40), await logWith(0)]
    const options = {
      from: old,
      to: now,
      topics: [CHANGES_TOPIC],
      follows: false,
      onProgress: () => undefined,
    }
    await copyLog(options, new AbortController().signal)
    await now.append([{ topic: CHANGES_TOPIC, key: 'new', headers: {}, value: Buffer.from('new') }])
    const ends = (await old.bounds(CHANGES_TOPIC)).map(({ end }) => end)
    expect(await startOf(now, encodeCursor(old.id, [3n, 5n]))).toEqual([3n, 5n])
    expect(await startOf(now, encodeCursor(old.id, ends))).toEqual(ends)
  })

  it('is refused for a cursor of a log that is not in this one', async () => {
    const [old, now] = [await logWith(4), await logWith(4)]
    await expect(startOf(now, encodeCursor(old.id, [0n, 0n]))).rejects.toMatchObject({
      code: 'cursor_other_log',
    })
  })
})
