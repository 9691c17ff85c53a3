import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChangeLog, LogRecord, TopicSpec } from './change-log.ts'
import { copyLog } from './copy-log.ts'
import { InMemoryChangeLog } from './in-memory-change-log.ts'
import { offsetsFromOrigin } from './origin.ts'

const TOPIC = 'changes'
const PARTITIONS = 3
const spec: TopicSpec = {
  name: TOPIC,
  partitions: PARTITIONS,
  cleanup: 'delete',
  retentionMs: undefined,
  retentionBytes: undefined,
}

async function emptyLog(): Promise<ChangeLog> {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([spec])
  return log
}

async function append(log: ChangeLog, keys: readonly string[]): Promise<void> {
  await log.append(
    keys.map((key, index) => ({ topic: TOPIC, key, headers: {}, value: Buffer.from(`${key} ${index}`) })),
  )
}

async function copy(from: ChangeLog, to: ChangeLog): Promise<void> {
  const options = { from, to, topics: [TOPIC], follows: false, onProgress: () => undefined }
  await copyLog(options, new AbortController().signal)
}

/** Per partition, the values from an offset on. */
async function valuesFrom(log: ChangeLog, from: readonly bigint[]): Promise<string[][]> {
  const bounds = await log.bounds(TOPIC)
  const values: string[][] = bounds.map(() => [])
  let missing = bounds.reduce((sum, { end }, partition) => sum + Number(end - (from[partition] ?? 0n)), 0)
  if (missing === 0) return values
  const done = new AbortController()
  for await (const { partition, records } of log.read({
    topic: TOPIC,
    from,
    batchBytesMax: 64,
    signal: done.signal,
  })) {
    values[partition]?.push(...records.map(({ value }: LogRecord) => Buffer.from(value ?? []).toString()))
    missing -= records.length
    if (missing === 0) done.abort()
  }
  return values
}

const start = Array.from({ length: PARTITIONS }, () => 0n)
const keys = (count: number) => Array.from({ length: count }, (_, index) => `page ${index % 17}`)

describe('copying a log', () => {
  it('keeps every record in its partition and order, and goes on where it was', async () => {
    const [from, to] = [await emptyLog(), await emptyLog()]
    await append(from, keys(50))
    await copy(from, to)
    await copy(from, to)
    await append(from, keys(30))
    await copy(from, to)
    expect(await valuesFrom(to, start)).toEqual(await valuesFrom(from, start))
  })

  it('follows what comes in until it is told to stop', async () => {
    const [from, to] = [await emptyLog(), await emptyLog()]
    const stop = new AbortController()
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const onProgress = ({ copiedRecords }: { copiedRecords: number }) => copiedRecords >= 20 && resolve()
    const copying = copyLog({ from, to, topics: [TOPIC], follows: true, onProgress }, stop.signal)
    await append(from, keys(20))
    await arrived
    stop.abort()
    await copying
    expect(await valuesFrom(to, start)).toEqual(await valuesFrom(from, start))
  })

  it('translates every position to where the same records follow, also behind what was written since', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 5 }),
        fc.infiniteStream(fc.nat()),
        async (count, offset, picks) => {
          const [from, to] = [await emptyLog(), await emptyLog()]
          // The old log does not begin at 0 here: nothing may rely on equal offsets.
          await append(to, [])
          await append(from, keys(count))
          await copy(from, to)
          await append(to, keys(offset))
          const bounds = await from.bounds(TOPIC)
          const place = bounds.map(({ end }) => BigInt((picks.next().value ?? 0) % (Number(end) + 1)))
          const translated = await offsetsFromOrigin(to, TOPIC, from.id, place)
          if (translated === undefined) throw new Error('the place was not found')
          const there = await valuesFrom(from, place)
          const here = await valuesFrom(to, translated)
          for (const [partition, values] of there.entries()) {
            expect(here[partition]?.slice(0, values.length)).toEqual(values)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('translates nothing that it has no copy of, or not all', async () => {
    const [from, to, other] = [await emptyLog(), await emptyLog(), await emptyLog()]
    await append(from, keys(40))
    await copy(from, to)
    expect(await offsetsFromOrigin(to, TOPIC, other.id, start)).toBeUndefined()
    expect(await offsetsFromOrigin(other, TOPIC, from.id, start)).toBeUndefined()
    expect(await offsetsFromOrigin(to, TOPIC, from.id, start.slice(1))).toBeUndefined()
  })
})
