import { InMemoryChangeLog } from '@freshet/change-log'
import { decodeCursor, UNBATCHED } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { EncodedRepresentation } from '../representation/encoded-representation.ts'
import { GZIP } from '../representation/gzip-encoding.ts'
import { Representation } from '../representation/representation.ts'
import { changeRecord, changesTopic } from '../testing/change-records.ts'
import { WakeUp } from '../wake-up.ts'
import { Tail } from './tail.ts'

const PARTITIONS = 2
const BYTES_MAX = 20_000

/** A tail that has read everything appended through `append`. */
async function openTail() {
  const log = new InMemoryChangeLog()
  await log.ensureTopics([changesTopic(PARTITIONS, undefined)])
  await log.append([changeRecord('before', {})])
  const tail = await Tail.open({ log, bytesMax: BYTES_MAX, batchBytesMax: 4_096 })
  const abort = new AbortController()
  const following = tail.follow(abort.signal, () => undefined)
  let appended = 0
  return {
    log,
    tail,
    append: async (count: number, diffBytes = 10) => {
      const page = () => ({ page: appended++ })
      await log.append(Array.from({ length: count }, () => changeRecord(`c${appended}`, page(), diffBytes)))
      const ends = (await log.bounds('changes')).map(({ end }) => end)
      while (!tail.offsets.every((offset, partition) => offset === ends[partition])) {
        const wakeUp = new WakeUp()
        tail.ringAfter(tail.nextSequence, wakeUp)
        await wakeUp.sleep()
      }
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort()
      await following
    },
  }
}

describe('the tail', () => {
  it('starts at the end of the log and numbers what comes', async () => {
    await using opened = await openTail()
    const { tail, append } = opened
    expect([tail.firstSequence, tail.nextSequence]).toEqual([0, 0])
    await append(3)
    expect([tail.firstSequence, tail.nextSequence]).toEqual([0, 3])
    expect(tail.entryAt(2)?.change?.attributes.wiki).toBe('enwiki')
  })

  it('gives each entry the cursor of whoever has all up to it', async () => {
    await using opened = await openTail()
    const { log, tail, append } = opened
    const offsets = [...tail.offsets]
    await append(15)
    for (let sequence = 0; sequence < 15; sequence++) {
      const entry = tail.entryAt(sequence)
      if (entry === undefined) throw new Error('is missing')
      offsets[entry.partition] = entry.offset + 1n
      expect(decodeCursor(entry.cursor, { id: log.id, ends: tail.ends })).toEqual(offsets)
    }
    expect(tail.entryAt(14)?.cursor).toBe(tail.cursor)
  })

  it('stays within its bytes, and knows from where on it holds everything', async () => {
    await using opened = await openTail()
    const { log, tail, append } = opened
    const start = [...tail.offsets]
    expect(tail.holds(start)).toBe(true)
    await append(50)
    expect(tail.bytes).toBeLessThanOrEqual(BYTES_MAX)
    expect(tail.holds(start)).toBe(false)
    expect(tail.firstSequence).toBeGreaterThan(0)
    const before = tail.entryAt(tail.firstSequence)
    if (before === undefined) throw new Error('is missing')
    const from = [...decodeCursor(before.cursor, { id: log.id, ends: tail.ends })]
    expect(tail.holds(from)).toBe(true)
    const partition = before.partition
    // One lower in the partition of an entry that is gone: that one would be missing.
    const lost = from.map((offset, index) => (index === partition ? offset - 2n : offset))
    expect(tail.holds(lost)).toBe(false)
  })

  it('renders once for all who want the same, counts it, and lets old entries go for it', async () => {
    await using opened = await openTail()
    const { tail, append } = opened
    await append(2, 5_000)
    const entry = tail.entryAt(1)
    if (entry?.change === undefined) throw new Error('is missing')
    const before = tail.bytes
    const first = tail.frame(
      entry,
      new Representation('sse', ['core', 'diff'], 'default', UNBATCHED),
      entry.change,
    )
    expect(tail.bytes).toBe(before + first.length)
    expect(
      tail.frame(entry, new Representation('sse', ['core', 'diff'], 'default', UNBATCHED), entry.change),
    ).toBe(first)
    const named = new Representation('websocket', ['core', 'diff'], 'a name of its own', UNBATCHED)
    expect(tail.frame(entry, named, entry.change)).not.toBe(tail.frame(entry, named, entry.change))
    for (const framing of ['ndjson', 'websocket'] as const) {
      tail.frame(entry, new Representation(framing, ['core', 'diff'], 'default', UNBATCHED), entry.change)
    }
    expect(tail.bytes).toBeLessThanOrEqual(BYTES_MAX + first.length)
    expect([tail.firstSequence, tail.nextSequence]).toEqual([1, 2])
  })

  it('keeps the newest entry even when that alone is over the bound', async () => {
    await using opened = await openTail()
    await opened.append(1, 2 * BYTES_MAX)
    expect(opened.tail.entryAt(0)).toBeDefined()
    await opened.append(1)
    expect(opened.tail.entryAt(0)).toBeUndefined()
  })

  it('starts over when retention has overtaken it, and nobody at its tip takes that for the tip', async () => {
    const log = new InMemoryChangeLog()
    await log.ensureTopics([changesTopic(PARTITIONS, 1)])
    const tail = await Tail.open({ log, bytesMax: BYTES_MAX, batchBytesMax: 4_096 })
    const start = [...tail.offsets]
    const sequence = tail.nextSequence
    await log.append(Array.from({ length: 40 }, (_, page) => changeRecord(`c${page}`, { page })))
    log.sweep()
    await tail.follow(AbortSignal.timeout(1_000), () => undefined)
    expect(tail.offsets).toEqual((await log.bounds('changes')).map(({ end }) => end))
    expect(tail.firstSequence).toBeGreaterThan(sequence)
    expect(tail.holds(start)).toBe(false)
  })

  it('keeps its records and frames in memory of its own, and shares them', async () => {
    await using opened = await openTail()
    const { tail, append } = opened
    await append(5)
    const parts = ['core', 'diff'] as const
    const plain = new Representation('ndjson', parts, 'default', UNBATCHED)
    const gzipped = new EncodedRepresentation('ndjson', GZIP, parts, 'default', UNBATCHED)
    const memory = new Set<ArrayBufferLike>()
    for (let sequence = tail.firstSequence; sequence < tail.nextSequence; sequence++) {
      const entry = tail.entryAt(sequence)
      if (entry?.change === undefined) throw new Error('the tail lost what was appended')
      memory.add(entry.change.value.buffer)
      for (const representation of [plain, gzipped]) {
        const frame = tail.frame(entry, representation, entry.change)
        expect(tail.frame(entry, representation, entry.change)).toBe(frame)
        expect(frame).toEqual(representation.change(entry.change, entry.cursor, undefined))
        memory.add(frame.buffer)
      }
    }
    expect(memory.size).toBe(1)
    expect(memory).not.toContain(Buffer.from('pooled').buffer)
  })
})
